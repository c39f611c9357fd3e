import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Json } from "../local/sample-events.ts";
import { makeSchedule } from "../local/schedule.ts";

/** The competitor, ready to take events. */
export interface SyncEngine {
  version: string;
  /** Takes events one after the other, and says what it holds of each subscription then, by its id: the object as it stored it. */
  run(events: Json[]): Promise<Map<string, Json>>;
  close(): Promise<void>;
}

// What of @supabase/stripe-sync-engine we use; it is no dependency of ours, so its own types are not here.
interface Package {
  PostgresClient: new (config: { schema: string; poolConfig: PoolConfig }) => PostgresClient;
  StripeSync: new (config: StripeSyncConfig) => StripeSync;
  runMigrations: (config: { schema: string; databaseUrl: string; logger: Logger }) => Promise<void>;
}

interface PoolConfig {
  connectionString: string;
  max: number;
}

interface PostgresClient {
  query(text: string): Promise<{ rows: (Json & { id: string })[] }>;
  close(): Promise<void>;
}

interface StripeSyncConfig {
  stripeSecretKey: string;
  stripeWebhookSecret: string;
  autoExpandLists: boolean;
  backfillRelatedEntities: boolean;
  revalidateObjectsViaStripeApi: string[];
  poolConfig: PoolConfig;
}

interface StripeSync {
  postgresClient: PostgresClient;
  processEvent(event: Json): Promise<void>;
  close(): Promise<void>;
}

interface Logger {
  info(): void;
  error(error: unknown): void;
}

const require = createRequire(import.meta.url);

// Its migrations write this name out, so no other will do.
const schema = "stripe";

const concurrency = 16;

/**
 * Starts it, or says null where it or PostgreSQL is not there: the package must be resolvable and DATABASE_URL set.
 *
 * `npm i --no-save --prefix /tmp/sync-engine @supabase/stripe-sync-engine@0.48.5` puts it outside of the project; then set
 * `SYNC_ENGINE=/tmp/sync-engine/node_modules/@supabase/stripe-sync-engine`. DATABASE_URL's user must be allowed to make a
 * database: it works in one of its own, which it drops at the end, and never in the one that the URL names.
 */
export const openSyncEngine = async (): Promise<SyncEngine | null> => {
  const file = resolvePackage();
  const databaseUrl = process.env["DATABASE_URL"];
  if (file === null || !databaseUrl) return null;

  const { PostgresClient, StripeSync, runMigrations }: Package = require(file);
  const { version } = JSON.parse(readFileSync(join(dirname(file), "..", "package.json"), "utf8"));
  const database = `sync_engine_bench_${Date.now()}`;
  const ownUrl = new URL(databaseUrl);
  ownUrl.pathname = `/${database}`;

  const server = new PostgresClient({ schema, poolConfig: { connectionString: databaseUrl, max: 1 } });
  await server.query(`create database ${database}`);
  await runMigrations({ schema, databaseUrl: ownUrl.href, logger: throwingLogger });
  const engine = new StripeSync({
    ...withoutStripe,
    poolConfig: { connectionString: ownUrl.href, max: concurrency },
  });
  return {
    version,
    run: (events) => run(engine, events),
    close: async () => {
      await engine.close();
      // By force would break connections that are still saying goodbye; without, it waits for them.
      await server.query(`drop database ${database}`);
      await server.close();
    },
  };
};

// It takes webhooks as they are and has nobody to ask.
const withoutStripe = {
  stripeSecretKey: "sk_test_none",
  stripeWebhookSecret: "whsec_none",
  autoExpandLists: false,
  backfillRelatedEntities: false,
  revalidateObjectsViaStripeApi: [],
};

// Its migrations hand an error to the logger only, and end as if they had worked.
const throwingLogger: Logger = {
  info: () => {},
  error: (error) => {
    throw error;
  },
};

// Required, not imported: its migrations look for __dirname, which its ES module does not have.
const resolvePackage = (): string | null => {
  try {
    return require.resolve(process.env["SYNC_ENGINE"] || "@supabase/stripe-sync-engine");
  } catch (error) {
    if (Object(error).code === "MODULE_NOT_FOUND") return null;
    throw error;
  }
};

const run = async (engine: StripeSync, events: Json[]): Promise<Map<string, Json>> => {
  await engine.postgresClient.query(`truncate ${schema}.subscriptions, ${schema}.subscription_items`);
  // Several subscriptions side by side, the events of each one after the other.
  const schedule = makeSchedule(concurrency);
  await Promise.all(events.map((event) => schedule(subscriptionOf(event), () => engine.processEvent(event))));
  const { rows } = await engine.postgresClient.query(`select * from ${schema}.subscriptions`);
  return new Map(rows.map((row) => [row.id, row]));
};

const subscriptionOf = (event: Json): string => Object(Object(event["data"]).object).id;
