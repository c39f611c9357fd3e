import { DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { life } from "../../samples/one-life.ts";
import { sampleEvent, sampleInvoice, sampleSubscription } from "../../samples/stripe-objects.ts";
import { localConfig } from "../../ops/command/clients.ts";
import { showRecords } from "../../ops/show/show-records.ts";
import { captured } from "../helpers/captured.ts";
import { runCommand } from "../helpers/command.ts";
import { rejects } from "../helpers/rejects.ts";
import { type Serving, startServing } from "../helpers/serving.ts";

const test = suite("npm run show");

let serving: Serving;
test.before(async () => {
  serving = await startServing();
  const events = life().flatMap((stage) => stage.events);
  await serving.addPlaceholderUsers(events.map((event) => serving.envelope(event)));
  for (const event of events) await serving.handle(event);
});
test.after(() => serving.stop());

const show = async (id: string, more: object = {}) => {
  const options = { local: serving.url, limit: 20, since: new Date(0), json: true, ...more };
  const { logs, result } = await captured(() => showRecords(id, options));
  return { code: result, printed: `${logs[0]}`, said: `${logs.at(-1)}` };
};

test("shows a user's subscription and payments, by the user, the customer, an invoice or an event", async () => {
  for (const id of ["user_cus_sample", "cus_sample", "in_life_3", "evt_life_07"]) {
    const { code, printed } = await show(id);
    assert.is(code, 0);
    const [user, ...others] = JSON.parse(printed);
    assert.equal([user.userId, user.subscription.status, others], ["user_cus_sample", "canceled", []], id);
    assert.equal(
      user.payments.map((payment: Record<string, unknown>) => [payment["stripe_invoice_id"], payment["status"]]),
      [
        ["in_life_4", "succeeded"],
        ["in_life_3", "partially_refunded"],
        ["in_life_3", "failed"],
        ["in_life_2", "succeeded"],
        ["in_life_1", "succeeded"],
      ],
    );
  }
});

test("prints a table each, with order and gaps, and says where there is more", async () => {
  const { stdout, stderr, code } = await runCommand("show", ["cus_sample", "--local", serving.url, "--limit", "2"]);
  assert.equal([code, stderr], [0, ""]);
  const lines = stdout.trimEnd().split("\n");
  assert.is(lines[0], "Subscription of user_cus_sample");
  assert.match(`${lines[1]}`, /subscription_id .* order +gap_since/);
  assert.match(`${lines[2]}`, /sub_sample .* canceled +yearly .* certain +-/);
  assert.is(lines[4], "Payments of user_cus_sample, the newest first");
  // The newest payment, and the two of the invoice before: none is parted.
  assert.is(lines[9], "  … there may be more (--limit)");
  assert.match(`${lines[7]}`, /partially_refunded +580 +290 +290 +jpy +in_life_3 +pi_life_3/);
  assert.is(lines[11], "Refunds and disputes of these payments");
  assert.match(
    `${lines[13]}`,
    /dispute +won +5413 +jpy +subscription_canceled +2026-03-13 00:00 +pi_life_4 +du_life_1$/,
  );
  assert.match(`${lines[14]}`, /refund +succeeded +290 +jpy +requested_by_customer +- +pi_life_3 +re_life_1$/);
  assert.is(lines.length, 15);
});

test("says that the collection is paused, and until when", async () => {
  const more = {
    metadata: { user_id: "user_paused" },
    pause_collection: { behavior: "void", resumes_at: 1_769_904_000 },
  };
  const paused = sampleSubscription({ id: "sub_paused", customer: "cus_paused", start: 1, end: 2, more });
  await serving.handle(sampleEvent("evt_paused", "customer.subscription.created", 1, paused));
  const [, names, values] = (await show("user_paused", { json: false })).printed.split("\n");
  assert.match(`${names}`, /updated_at +pause_collection +pause_resumes_at$/);
  assert.match(`${values}`, /void +2026-02-01 00:00$/);
});

test("says that nothing is recorded", async () => {
  const cases = [
    ["user_unknown", "Nothing is recorded of user_unknown in "],
    ["cus_unrecorded", "No user of cus_unrecorded is recorded in "],
    ["in_unrecorded", "No user of in_unrecorded is recorded in "],
    ["evt_unrecorded", " name no user of evt_unrecorded since 1970-01-01T00:00:00Z"],
  ] as const;
  for (const [id, message] of cases) {
    const { code, printed, said } = await show(id);
    assert.equal([code, printed], [1, "[]"]);
    assert.match(said, message);
  }
});

test("finds no user by an event that failed before its user was found", async () => {
  const times = { created: 1, paidAt: 1, start: 1, end: 2 };
  const invoice = sampleInvoice({ id: "in_unknown", customer: "cus_unknown", amount: 1, ...times });
  await serving.handle(sampleEvent("evt_unknown", "invoice.paid", 1, invoice));
  assert.match((await show("evt_unknown")).said, "npm run trace -- evt_");
});

test("refuses invalid options", async () => {
  for (const [args, message] of [
    [["--local"], "missing required argument 'id'"],
    [["cus_1"], "say which stack to work on, by --stack <name> or --local"],
    [["cus_1", "--local", "--limit", "none"], "expected a whole number from 1"],
  ] as const) {
    const { stderr, code } = await runCommand("show", args);
    assert.is(code, 2);
    assert.match(stderr, message);
  }
});

test("lets an operator read the runner's tables, and not write to them", async () => {
  const client = new DynamoDBClient(localConfig(serving.stack.bus.arn, `${serving.stack.dynamodb}`));
  const Item = { PK: { S: "INVOICE#in_life_1" }, SK: { S: "SUCCEEDED" } };
  const { name, message } = await rejects(
    client.send(new PutItemCommand({ TableName: serving.stack.tables.payments, Item })),
  );
  assert.is(name, "AccessDeniedException");
  assert.match(message, "user/operator is not authorized to perform: dynamodb:PutItem");
});

test.run();
