import { subscriptionKey } from "./dynamodb/keys.ts";
import { env } from "./runtime/env.ts";
import { Refused, SnapshotTooOld } from "./runtime/errors.ts";
import { handle } from "./runtime/handle.ts";
import type { Log } from "./runtime/log.ts";
import { parse } from "./runtime/parse.ts";
import { toPublish, type Unpublished } from "./publishing/to-publish.ts";
import { rejectTestMode } from "./stripe/origin.ts";
import { askStripe, type AskStripe } from "./stripe-api/stripe-client.ts";
import { snapshotOf } from "./stripe-api/snapshot-of.ts";
import { changeSubscription, readSubscription, type SubscriptionTables } from "./subscriptions/change-subscription.ts";
import { subscriptionsTable } from "./subscriptions/core-table.ts";
import { customersTable } from "./subscriptions/customers-table.ts";
import { heal } from "./subscriptions/heal.ts";
import { HealingInput } from "./subscriptions/healing.ts";
import { type PlanPrices, planPricesFrom } from "./subscriptions/plan.ts";

/** What `close-gap` needs besides the table and Stripe. */
export interface GapSettings {
  liveOnly: boolean;
  sold: PlanPrices;
  /** The name of the bus that changes are published on. */
  bus: string;
}

/**
 * Asks Stripe for a subscription of which an event is still missing, and brings its state up to date with the answer.
 *
 * @throws {InvalidEvent} where the input names no gap, and where Stripe's answer is no subscription.
 * @throws {Refused} for an answer of Stripe's test mode, where live ones only are taken.
 * @throws {SnapshotTooOld} where the answer cannot be taken yet.
 * @throws {StripeKeyRefused} where Stripe cannot be asked.
 */
export const closeGap =
  (table: SubscriptionTables, ask: AskStripe, { liveOnly, sold, bus }: GapSettings) =>
  async (input: unknown, log: Log) => {
    const { userId, subscriptionId, gapSince } = parse(input, HealingInput);
    const { known, unpublished: before } = await readSubscription(table, { userId, subscriptionId });
    const finish = (
      outcome: string,
      more: { changes?: object[]; written?: string[]; unpublished?: Unpublished } = {},
    ) => {
      const { unpublished = before, ...changed } = more;
      const result = { outcome, changes: [], written: [], ...changed };
      log.info("Healing ended", { ...result, userId, subscriptionId, gapSince });
      return { ...result, publish: toPublish([unpublished], { bus }) };
    };
    const open = known?.resolved.gapSince ?? null;
    // A gap that opened later has an execution of its own.
    if (open === null || open > gapSince) return finish("closed");
    const answer = await ask((stripe) => stripe.subscriptions.retrieve(subscriptionId));
    if (answer === null) {
      log.warn("Stripe knows no such subscription; its state stays as it is", { userId, subscriptionId });
      return finish("unknown");
    }
    const rejected = rejectTestMode(answer.value, liveOnly);
    if (rejected !== null) throw new Refused(rejected);
    const snapshot = snapshotOf(answer);
    const target = { userId, subscriptionId, customerId: null };
    const settings = { sold, reason: "healing" } as const;
    const healed = await changeSubscription(table, target, settings, (stored) => heal(stored, snapshot, sold));
    const { outcome, changes, after, unpublished } = healed;
    if (outcome === "newer") throw new SnapshotTooOld(`An event of ${subscriptionId} came while Stripe was asked`);
    const { PK, SK } = subscriptionKey(userId);
    const result = { changes, written: after ? [`core ${PK} ${SK}`] : [], unpublished };
    return finish(outcome === "equal" ? "closed" : "healed", result);
  };

export const handler = (input: unknown) => {
  const core = env("HOMEBIYORI_CORE");
  const settings = { liveOnly: env("LIVEMODE") !== "any", sold: planPricesFrom(env), bus: env("BILLING_BUS") };
  const ask = askStripe({ parameter: env("STRIPE_KEY_PARAMETER"), liveOnly: settings.liveOnly });
  return handle(input, closeGap({ ...subscriptionsTable(core), ...customersTable(core) }, ask, settings));
};
