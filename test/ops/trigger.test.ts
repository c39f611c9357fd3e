import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { handledTypes } from "../../infra/workflows.ts";
import { paymentsIn } from "../../local/print/payments-in.ts";
import { makeEvent } from "../../ops/trigger/trigger-event.ts";
import { npx, outputs, runCommand } from "../helpers/command.ts";
import { type Serving, startServing } from "../helpers/serving.ts";

const test = suite("npm run trigger");

const directory = mkdtempSync(join(tmpdir(), "trigger-"));

let serving: Serving;
test.before(async () => {
  serving = await startServing();
});
test.after(async () => {
  rmSync(directory, { recursive: true });
  await serving.stop();
});

const trigger = (args: string[], env?: NodeJS.ProcessEnv) => runCommand("trigger", args, env);

test("sends the runner an event of any type, which is applied, and of one name all are about one user", async () => {
  for (const type of handledTypes) {
    const { stdout, stderr, code } = await trigger([type, "--to", serving.url, "--name", "month"]);
    assert.equal([code, stderr], [0, ""], type);
    assert.match(stdout, new RegExp(`^evt_month_\\w+  ${type}  (applied|duplicate)\n`));
    if (type === "invoice.payment_failed") assert.match(stdout, /^ {2}→ PaymentFailed payment\/in_\S+ version 1$/m);
    const [, id = ""] = /npm run trace -- (\S+) --local/.exec(stdout) ?? [];
    assert.match(stdout, `${id}  ${type}`);
    if (/^(customer|invoice)\./.test(type)) assert.match(stdout, `npm run show -- user_month --local ${serving.url}`);
  }
  const { core, payments } = await serving.dump();
  const subscription = core.find(({ SK }) => SK === "SUBSCRIPTION");
  assert.equal([subscription?.["user_id"], subscription?.["status"]], ["user_month", "canceled"]);
  const named = paymentsIn(payments).map(({ status, payment_id: id }) => `${status}: ${id}`);
  assert.equal(named.toSorted(), ["failed: in_month", "partially_refunded: pi_month"]);
});

test("names no user to show where nothing is recorded of one", async () => {
  const { stdout } = await trigger(["charge.dispute.closed", "--to", serving.url, "--name", "alone"]);
  assert.match(stdout, /^evt_alone_\w+ {2}charge\.dispute\.closed {2}applied\n/);
  assert.match(stdout, "npm run trace -- evt_alone_");
  assert.not.match(stdout, "npm run show");
});

test("makes no event of the future, and a month that is not over", () => {
  for (const now of [Date.UTC(2026, 10, 27, 0, 1), Date.UTC(2026, 10, 27, 23, 59)]) {
    for (const type of handledTypes) {
      const { event } = makeEvent(type, { set: [] }, now);
      assert.ok(Number(Object(event).created) * 1000 <= now, type);
      const times = [...JSON.stringify(event).matchAll(/"(?:canceled|ended|paid)_at":(\d+)/g)].map(([, at]) =>
        Number(at),
      );
      for (const at of times) assert.ok(at * 1000 <= now, type);
      assert.ok(event.id.startsWith("evt_trigger_20261127_"), event.id);
    }
    const { event } = makeEvent("customer.subscription.updated", { set: [] }, now);
    const [, end] = /"current_period_end":(\d+)/.exec(JSON.stringify(event)) ?? [];
    assert.ok(Number(end) * 1000 > now);
  }
});

test("prints an event with what is set in it, and sends nothing", async () => {
  const set = ["--set", "data.object.amount_paid=980", "--set", "data.object.currency=usd", "--set", "id=evt_mine"];
  const { stdout, stderr, code } = await trigger(["invoice.paid", "--print", ...set]);
  assert.equal([code, stderr], [0, ""]);
  const { id, type, data } = JSON.parse(stdout);
  assert.equal([id, type, data.object.amount_paid, data.object.currency], ["evt_mine", "invoice.paid", 980, "usd"]);
});

test("says what fails in the runner, and that the runner takes no such event", async () => {
  const failing = ["invoice.paid", "--to", serving.url, "--set", "data.object.amount_paid=-1"];
  const failed = await trigger(failing);
  assert.is(failed.code, 1);
  assert.match(failed.stdout, /invoice\.paid {2}dead-letter\n {2}InvalidEvent: detail\.data\.object\.amount_paid/);
  const refused = await trigger(["invoice.paid", "--to", serving.url, "--set", "id="]);
  assert.equal(
    [refused.code, refused.stdout, refused.stderr],
    [
      2,
      "",
      `${serving.url} does not take the event: expected a Stripe event with an id and a type, got an object with id, object, api_version, created, data`,
    ],
  );
});

test("refuses an unknown type, a field of nothing, and a target that is none", async () => {
  const cases: [string[], RegExp][] = [
    [["invoice.voided"], /Allowed choices are customer\.subscription\.created, /],
    [
      ["invoice.paid", "--set", "data.objct.amount=1"],
      /^--set data\.objct\.amount: the event has no object data\.objct, but data\.object$/,
    ],
    [["invoice.paid", "--set", "id=7"], /^--set: At path: id -- Expected a string, but received: 7$/],
    [["invoice.paid", "--set", "amount"], /expected path=value/],
    [["invoice.paid", "--to", "a b"], /expected the name of a stack/],
    [["invoice.paid", "--to", "http://127.0.0.1:9"], /^Nothing answers at http:\/\/127\.0\.0\.1:9: run npm start/],
  ];
  for (const [args, message] of cases) {
    const { stdout, stderr, code } = await trigger(args);
    assert.equal([code, stdout], [2, ""]);
    assert.match(stderr, message);
  }
});

test("puts an event on the bus of a stack without Stripe, and on no other", async () => {
  const env = (stack: object) => ({
    ...npx(directory, outputs(stack)),
    AWS_ENDPOINT_URL: serving.url,
    AWS_ACCESS_KEY_ID: "x",
    AWS_SECRET_ACCESS_KEY: "x",
  });
  const args = ["customer.subscription.created", "--to", "prod", "--name", "bus"];
  const { stdout, stderr, code } = await trigger(args, env(serving.stack));
  assert.equal([code, stderr], [0, ""]);
  assert.match(stdout, /^evt_bus_\w+ {2}customer\.subscription\.created {2}is on the bus of prod\n/);
  assert.match(stdout, "npm run show -- user_bus --stack prod");
  // As in AWS, the bus answers before the event is handled.
  await serving.executions.idle();
  assert.ok((await serving.dump()).core.some(({ user_id: id }) => id === "user_bus"));
  const partner = "aws.partner/stripe.com/ed_1";
  const live = await trigger(args, env({ ...serving.stack, eventSource: partner }));
  assert.equal(
    [live.code, live.stdout, live.stderr],
    [
      2,
      "",
      `prod receives Stripe's events, from ${partner}: an event that Stripe did not make needs a stack whose source is homebiyori.stripe.test`,
    ],
  );
});

test.run();
