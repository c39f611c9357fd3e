import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateTableCommand, DynamoDBClient, ScanCommand, waitUntilTableExists } from "@aws-sdk/client-dynamodb";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { handler as syncSubscription } from "../../lambdas/sync-subscription.ts";
import { sampleEvent, sampleSubscription } from "../../samples/stripe-objects.ts";
import { ofUser } from "../events/envelope.ts";
import { captured } from "../helpers/captured.ts";
import { blocksOf } from "../helpers/page.ts";
import { startTables } from "../helpers/tables.ts";

const test = suite("the package of the records");

const root = join(import.meta.dirname, "../..");
const directory = mkdtempSync(join(tmpdir(), "records-"));
const [producer, consumer] = [join(directory, "producer"), join(directory, "consumer")];
test.after(() => rmSync(directory, { recursive: true }));

const run = (cwd: string, command: string, ...args: string[]): string =>
  execFileSync(command, args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });

let installed: string[];

const packages = join(root, "node_modules");

test.before(() => {
  // Built in a copy, as other tests read the folder meanwhile.
  for (const name of ["records", "lambdas", "package.json", "tsconfig.json"])
    cpSync(join(root, name), join(producer, name), { recursive: true });
  symlinkSync(packages, join(producer, "node_modules"), "junction");
  mkdirSync(consumer);
  run(producer, "npm", "pack", "./records", "--pack-destination", consumer);
  writeFileSync(join(consumer, "package.json"), '{ "name": "consumer", "type": "module" }');
  const tarball = readdirSync(consumer).find((name) => name.endsWith(".tgz"));
  // The SDK is there without a registry, which npm cannot know.
  run(consumer, "npm", "install", "--offline", "--no-audit", "--legacy-peer-deps", `./${tarball}`);
  installed = readdirSync(join(consumer, "node_modules")).filter((name) => !name.startsWith("."));
  for (const scope of ["@aws-sdk", "@types"])
    symlinkSync(join(packages, scope), join(consumer, "node_modules", scope), "junction");
});

test("is the module alone: nothing of the program comes with it", () => {
  assert.equal(installed, ["@homebiyori"]);
  const files = readdirSync(join(consumer, "node_modules/@homebiyori/stripe-records"), { recursive: true });
  assert.ok(files.length < 35, files.join());
  assert.not(
    files.some((file) => /emulator|infra|pulumi|node_modules/.test(`${file}`)),
    files.join(),
  );
});

test("compiles and runs in another project as its page says, with strict types and none of our settings", async () => {
  const tables = await startTables();
  const event = sampleEvent("evt_1", "customer.subscription.created", 100, sampleSubscription({ start: 1, end: 2 }));
  await captured(() => syncSubscription(ofUser("user_1", event)));
  const [example = ""] = blocksOf("records", "ts");
  const program = example
    .replace("prod-homebiyori-core", tables.core)
    .replace("prod-homebiyori-payments", tables.payments);
  assert.match(program, tables.payments);
  writeFileSync(
    join(consumer, "main.ts"),
    `${program}\nconsole.log(JSON.stringify([subscription?.status, payments, older]));\n`,
  );
  const tsc = join(packages, "typescript/bin/tsc");
  const options = ["--strict", "--module", "nodenext", "--target", "es2022", "--types", "node"];
  run(consumer, process.execPath, tsc, ...options, "main.ts");
  assert.equal(JSON.parse(run(consumer, process.execPath, "main.js")), ["active", [], null]);
});

test("has the types of the events: the consumer of their page compiles, and keeps the newest state of each subject", async () => {
  await startTables();
  const client = new DynamoDBClient();
  const KeySchema = [{ AttributeName: "subject", KeyType: "HASH" as const }];
  const AttributeDefinitions = [{ AttributeName: "subject", AttributeType: "S" as const }];
  const table = { TableName: "access", KeySchema, AttributeDefinitions, BillingMode: "PAY_PER_REQUEST" as const };
  await client.send(new CreateTableCommand(table));
  await waitUntilTableExists({ client, maxWaitTime: 60, minDelay: 1 }, { TableName: "access" });
  const [example = ""] = blocksOf("events", "ts");
  assert.ok(example.trim().split("\n").length <= 34);
  const told = (version: number, status: string, type = "SubscriptionChanged") => ({
    "detail-type": type,
    detail: { subject: "subscription/u", version, user_id: "u", state: { status } },
  });
  const events = [
    told(2, "past_due"),
    told(1, "active"),
    told(4, "canceled", "SubscriptionHealed"),
    told(3, "active"),
    told(4, "canceled", "SubscriptionHealed"),
    told(9, "succeeded", "PaymentRecorded"),
  ];
  writeFileSync(
    join(consumer, "access.ts"),
    `${example}\nfor (const event of ${JSON.stringify(events)}) await handler(event as unknown as BillingEvent);\n`,
  );
  const tsc = join(packages, "typescript/bin/tsc");
  const options = ["--strict", "--module", "nodenext", "--target", "es2022", "--types", "node"];
  run(consumer, process.execPath, tsc, ...options, "access.ts");
  run(consumer, process.execPath, "access.js");
  const { Items = [] } = await client.send(new ScanCommand({ TableName: "access" }));
  client.destroy();
  assert.equal(Items, [
    { subject: { S: "subscription/u" }, version: { N: "4" }, user_id: { S: "u" }, has_access: { BOOL: false } },
  ]);
});

test("has the JSON Schema of the events", () => {
  const schema = join(consumer, "node_modules/@homebiyori/stripe-records/events.schema.json");
  assert.is(readFileSync(schema, "utf8"), readFileSync(join(root, "records/events.schema.json"), "utf8"));
});

test.run();
