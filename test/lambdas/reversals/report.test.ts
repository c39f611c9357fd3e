import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Fact } from "../../../lambdas/reversals/facts.ts";
import { remind, report } from "../../../lambdas/reversals/report.ts";
import type { ReversedItem } from "../../../lambdas/reversals/reversed-item.ts";
import { makeLog } from "../../../lambdas/runtime/log.ts";
import { captured } from "../../helpers/captured.ts";
import { countedIn } from "./play.ts";
import { charge, dispute, knowing, refund } from "./said.ts";

const test = suite("what is told of money that goes back");

test.before(() => {
  process.env["AWS_LAMBDA_FUNCTION_NAME"] = "tests";
});

const log = makeLog({ eventId: "evt_1", execution: "e" });

const item = (facts: Fact[], userId: string | null = "u"): ReversedItem => ({
  userId,
  invoiceId: userId && "in_1",
  reversals: knowing(...facts),
});

const told = async (before: ReversedItem, after: ReversedItem) => {
  const { logs, stdout } = await captured(async () => report({ before, after }, log));
  return { logs: logs.map((line) => ({ ...Object(line) })), counted: countedIn(stdout) };
};

const since = (known: Fact[], added: Fact[]) => told(item(known), item([...known, ...added]));

const ids = { eventId: "evt_1", execution: "e", userId: "u", invoiceId: "in_1" };

// The amounts of refunds in their currencies, and how many are counted.
const refunded = (amount: number, { count = 1, currency = "jpy" } = {}) => [
  { Refunded: count },
  { Currency: currency, RefundedAmount: amount },
];

test("is each refund once it has succeeded, by its currency, and whose it is", async () => {
  const first = await since([], [refund("re_1", 20)]);
  assert.equal(first.logs, [{ message: "Refunded", ...ids, currency: "jpy", amount: 100 }]);
  assert.equal(first.counted, refunded(100));
  assert.equal((await since([refund("re_1", 20, { status: "pending" })], [refund("re_1", 30)])).counted, refunded(100));
  assert.equal((await since([refund("re_1", 20)], [refund("re_1", 30)])).counted, []);
  assert.equal((await since([], [refund("re_1", 20, { status: "failed" })])).counted, []);
  const dollars = { currency: "usd", amount: 1 };
  const both = [refund("re_1", 20), refund("re_2", 20), refund("re_3", 20, dollars)];
  assert.equal((await since([], both)).counted, [...refunded(200, { count: 2 }), ...refunded(1, { currency: "usd" })]);
});

test("is by how much the sum of a charge has grown, where Stripe says one", async () => {
  assert.equal((await since([refund("re_1", 20)], [charge(30, 150)])).counted, refunded(50));
  assert.equal((await since([charge(20, 100)], [charge(30, 150)])).counted, refunded(50));
  assert.equal((await since([charge(20, 100)], [refund("re_1", 20)])).counted, []);
  assert.equal(
    (await since([charge(20, 100)], [charge(30, 150, { is_listed: true }), refund("re_1", 30)])).counted,
    [],
  );
});

test("is each dispute, and more loudly one that waits for an answer", async () => {
  const opened = await since([], [dispute("dp_1", 20, "needs_response")]);
  const facts = { ...ids, disputeId: "dp_1", reason: "fraudulent", amount: 580, currency: "jpy" };
  const dueBy = "1970-01-01T00:15:00.000Z";
  const line = { message: "Dispute needs an answer", ...facts, status: "needs_response", dueBy };
  assert.equal(opened.logs, [line]);
  const disputed = [{ Disputed: 1 }, { Currency: "jpy", DisputedAmount: 580 }];
  assert.equal(opened.counted, [...disputed, { DisputeOpened: 1 }]);
  const lost = await since([dispute("dp_1", 20, "needs_response")], [dispute("dp_1", 30, "lost")]);
  assert.equal([lost.logs.map(({ message, status }) => [message, status]), lost.counted], [[["Disputed", "lost"]], []]);
  assert.equal((await since([dispute("dp_1", 20, "lost")], [dispute("dp_1", 30, "lost")])).logs, []);
});

test("is nothing of a payment of others, and all of it once it is one of ours", async () => {
  const facts = [refund("re_1", 20), dispute("dp_1", 20, "lost", { due_by: null })];
  const others = await told(item([], null), item(facts, null));
  assert.equal([others.logs, others.counted], [[], []]);
  const { logs, counted } = await told(item(facts, null), item(facts));
  assert.equal(
    logs.map(({ message, dueBy = null }) => [message, dueBy]),
    [
      ["Refunded", null],
      ["Disputed", null],
    ],
  );
  assert.equal(counted, [...refunded(100), { Disputed: 1 }, { Currency: "jpy", DisputedAmount: 580 }]);
});

test("are again the disputes that wait for an answer, and no others", async () => {
  const facts = [dispute("dp_1", 20, "needs_response"), dispute("dp_2", 20, "lost")];
  const { logs, stdout } = await captured(async () => remind(item(facts), log));
  const [line] = logs.map((one) => ({ ...Object(one) }));
  assert.equal([line?.message, line?.userId, line?.invoiceId], ["Dispute needs an answer", "u", "in_1"]);
  assert.equal([line?.disputeId, logs.length], ["dp_1", 1]);
  assert.equal(countedIn(stdout), [{ DisputeOpened: 1 }]);
});

test.run();
