import { suite } from "uvu";
import * as assert from "uvu/assert";
import { handler as linkHandler, linkPayment } from "../../../lambdas/link-payment.ts";
import { handler as resolveHandler, resolveCustomer } from "../../../lambdas/resolve-customer.ts";
import { handle } from "../../../lambdas/runtime/handle.ts";
import { handler as syncHandler } from "../../../lambdas/sync-subscription.ts";
import { handler as writeHandler } from "../../../lambdas/write-payment.ts";
import { type Json, sampleEvent, sampleInvoice, sampleSubscription } from "../../../samples/stripe-objects.ts";
import { ofUser, onTheBus, sampleExecution, taskInput } from "../../events/envelope.ts";
import { captured } from "../../helpers/captured.ts";
import { rejects } from "../../helpers/rejects.ts";
import { startTables, type Tables } from "../../helpers/tables.ts";
import { withoutPublish } from "../../helpers/without-publish.ts";

const test = suite("what a Lambda answers, logs and counts");

let tables: Tables;
test.before(async () => {
  tables = await startTables();
});

const second = 1_767_225_600;
const period = { start: second, end: second + 100 };
const ids = (eventId: string) => ({ eventId, execution: sampleExecution });

const withEnv = async <T>(values: Record<string, string>, run: () => Promise<T>): Promise<T> => {
  const before = Object.keys(values).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, values);
  try {
    return await run();
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
};

const counted = (stdout: string[]): Json[] =>
  stdout.map((line) => {
    const { _aws: _, FunctionName: __, ...values } = JSON.parse(line);
    return values;
  });

const invoicePayment = (more: Json = {}): Json => ({
  id: "inpay_1",
  object: "invoice_payment",
  invoice: "in_outcome",
  is_default: true,
  payment: { payment_intent: "pi_1" },
  ...more,
});
const linkEvent = (object: Json, more: Json = {}) =>
  onTheBus({ ...sampleEvent("evt_link", "invoice_payment.paid", 5, object), ...more });

// A table of payments that knows nothing, and keeps what it is asked for.
const noPayments = (asked: unknown[], outcome: "applied" | "duplicate" = "applied") => ({
  record: () => Promise.reject(new Error("was asked")),
  isNewAttempt: () => Promise.reject(new Error("was asked")),
  link: async (...args: unknown[]) => {
    asked.push(args);
    return { outcome, key: "INVOICE#in_outcome SUCCEEDED", payment: null };
  },
});

// What no payment that is on record is linked to.
const noReversals = {
  read: () => Promise.reject(new Error("was asked")),
  add: () => Promise.reject(new Error("was asked")),
  link: () => Promise.reject(new Error("was asked")),
};

const link = (event: unknown, asked: unknown[] = [], outcome?: "applied" | "duplicate") =>
  captured(() =>
    handle(taskInput(event), linkPayment(noPayments(asked, outcome), noReversals, { liveOnly: true, bus: "billing" })),
  );

const nothing = {
  next: "nothing",
  entries: [],
  marks: [],
  detail: { id: "evt_link", type: "invoice_payment.paid", created: 5 },
};

test("link-payment: the intent that it put on an invoice's payment, and until when that is kept", async () => {
  const asked: unknown[] = [];
  const facts = { invoiceId: "in_outcome", paymentId: "pi_1" };
  const done = { outcome: "applied", written: ["payments INVOICE#in_outcome SUCCEEDED"] };
  const { result, logs, stdout } = await link(linkEvent(invoicePayment()), asked);
  assert.equal(result, { ...done, publish: nothing });
  assert.equal(logs.slice(1), [{ message: "Payment linked", ...ids("evt_link"), ...done, ...facts }]);
  assert.equal(asked, [["in_outcome", { id: "pi_1", kind: "default_intent" }, 5 + 2557 * 24 * 3600]]);
  assert.equal(stdout, []);
  const again = await link(linkEvent(invoicePayment()), asked, "duplicate");
  assert.equal(again.result, { outcome: "duplicate", written: [], publish: nothing });
});

test("link-payment: why it skipped what names no intent, or is of a connected account", async () => {
  const skipped = { outcome: "skipped", written: [], publish: nothing };
  for (const payment of [{}, { payment_intent: null }]) {
    const { result, logs, stdout } = await link(linkEvent(invoicePayment({ payment })));
    assert.equal([result, stdout], [skipped, []]);
    const reason = "It names neither a payment intent nor a charge";
    const facts = { outcome: "skipped", reason, invoiceId: "in_outcome", paymentId: null };
    assert.equal(logs.slice(1), [{ message: "Nothing is written", ...ids("evt_link"), ...facts }]);
  }
  const { result, logs, stdout } = await link(linkEvent(invoicePayment(), { account: "acct_1", livemode: false }));
  assert.equal([result, counted(stdout)], [skipped, [{ NoneOfOurs: 1 }]]);
  assert.match(Object(logs[1]).reason, "acct_1");
});

test("link-payment: refuses another type, the test mode, and what is no payment of an invoice", async () => {
  const other = onTheBus(sampleEvent("evt_link", "invoice_payment.other", 5, invoicePayment()));
  assert.match((await rejects(link(other))).message, "detail.type: expected one of invoice_payment.paid");
  assert.is((await rejects(link(linkEvent(invoicePayment(), { livemode: false })))).name, "Refused");
  const wrong: Json = { object: "invoice", id: "", is_default: null, invoice: null, payment: null };
  for (const [field, value] of Object.entries(wrong)) {
    const { name, message } = await rejects(link(linkEvent(invoicePayment({ [field]: value }))));
    assert.is(name, "InvalidEvent");
    assert.match(message, `detail.data.object.${field}: `);
  }
  const { message } = await rejects(link(linkEvent(invoicePayment({ payment: { payment_intent: 1 } }))));
  assert.match(message, "detail.data.object.payment.payment_intent: ");
});

const invoiceEvent = (more: Json = {}, event: Json = {}) =>
  onTheBus({
    ...sampleEvent("evt_owner", "invoice.paid", 1, {
      ...sampleInvoice({ id: "in_owner", customer: "cus_owner", amount: 1, created: 1, ...period }),
      ...more,
    }),
    ...event,
  });

interface Known {
  userId: string;
  isLinked: boolean;
}

const resolve = async (event: unknown, users: Known[], { liveOnly = true, sold = {} } = {}) => {
  const linked: string[] = [];
  const asked: string[] = [];
  const customers = {
    usersOf: async (customerId: string) => {
      asked.push(customerId);
      return users;
    },
    link: async (userId: string, customerId: string) => {
      // What is not waited for comes too late.
      await new Promise((done) => void setImmediate(done));
      linked.push(`${userId} ${customerId}`);
    },
  };
  const settings = { liveOnly, sold: { monthly: [], yearly: [], ...sold } };
  const printed = await captured(() => handle(taskInput(event), resolveCustomer(customers, settings)));
  return { ...printed, linked, asked };
};

const found = {
  customerId: "cus_owner",
  subscriptionId: "sub_sample",
  reason: null,
  outcome: "found",
  userId: "user_1",
};

test("resolve-customer: ties a customer to its user, unless an item of its own says so already", async () => {
  const one = (isLinked: boolean) => [{ userId: "user_1", isLinked }];
  const fresh = await resolve(invoiceEvent(), one(false));
  assert.equal([fresh.result, fresh.linked, fresh.asked], [found, ["user_1 cus_owner"], ["cus_owner"]]);
  assert.equal([fresh.logs.length, fresh.stdout], [1, []]);
  const known = await resolve(invoiceEvent(), one(true));
  assert.equal([known.result, known.linked], [found, []]);
  const metadata = { subscription_details: { subscription: "sub_sample", metadata: { user_id: "user_1" } } };
  const named = await resolve(invoiceEvent({ parent: metadata }), []);
  assert.equal([named.result, named.linked], [found, ["user_1 cus_owner"]]);
  const bare = await resolve(invoiceEvent({ parent: metadata, customer: null }), one(false));
  assert.equal([bare.result, bare.linked, bare.asked], [{ ...found, customerId: null }, [], []]);
});

test("resolve-customer: says and logs why it skips or refuses, and links no customer", async () => {
  const priced = { lines: { data: [{ price: "price_other" }] } };
  const sold = { monthly: ["price_ours"] };
  const two = [
    { userId: "user_1", isLinked: true },
    { userId: "user_2", isLinked: false },
  ];
  const cases: [string, unknown, Known[], "skipped" | "refused", string, number][] = [
    ["account", invoiceEvent({}, { account: "acct_1" }), two, "skipped", "acct_1", 1],
    ["mode", invoiceEvent({}, { livemode: false }), two, "refused", "test mode", 0],
    ["nothing", invoiceEvent({ parent: null }), two, "skipped", "no subscription", 0],
    ["prices", invoiceEvent(priced), [], "skipped", "price_other", 1],
    ["claims", invoiceEvent(), two, "refused", "user_1, user_2", 0],
  ];
  for (const [name, event, users, outcome, why, none] of cases) {
    const { result, logs, stdout, linked } = await resolve(event, users, { sold });
    assert.equal([result.outcome, result.userId, result.customerId], [outcome, null, "cus_owner"], name);
    assert.match(`${result.reason}`, why);
    const { reason } = result;
    assert.equal(logs.slice(1), [{ message: "Nothing is written", ...ids("evt_owner"), outcome, reason }], name);
    assert.equal(counted(stdout), none > 0 ? [{ NoneOfOurs: none }] : [], name);
    assert.equal(linked, [], name);
  }
});

test("resolve-customer: counts prices that are none of ours for a known user too, and writes for that user", async () => {
  const priced = invoiceEvent({ lines: { data: [{ price: "price_other" }] } });
  const one = [{ userId: "user_1", isLinked: true }];
  const { result, stdout } = await resolve(priced, one, { sold: { monthly: ["price_ours"] } });
  assert.equal([result, counted(stdout)], [found, [{ NoneOfOurs: 1 }]]);
  const unknown = await rejects(resolve(priced, []));
  assert.is(unknown.name, "CustomerNotFound");
  assert.match(unknown.message, "cus_owner");
});

const openInvoice = (id: string, more: Json = {}): Json => ({
  ...sampleInvoice({ id, amount: 580, created: second, ...period }),
  ...more,
});
const write = (id: string, type: string, more: Json = {}, created = second) =>
  captured(() => writeHandler(ofUser("user_paid", sampleEvent(`evt_${id}`, type, created, openInvoice(id, more)))));

test("write-payment: a success at the level of information, with what a person looks for", async () => {
  const more = { amount_paid: 580, payment_intent: "pi_outcome_told", billing_reason: null };
  const { logs, stdout } = await write("in_outcome_told", "invoice.paid", more);
  assert.equal(logs.slice(1), [
    {
      message: "Payment succeeded",
      ...ids("evt_in_outcome_told"),
      outcome: "applied",
      written: ["payments INVOICE#in_outcome_told SUCCEEDED"],
      userId: "user_paid",
      customerId: "cus_sample",
      subscriptionId: "sub_sample",
      invoiceId: "in_outcome_told",
      paymentId: "pi_outcome_told",
      amount: 580,
      currency: "jpy",
      billingReason: null,
    },
  ]);
  assert.equal(counted(stdout), [{ PaymentFailed: 0, PaymentSucceeded: 1 }]);
});

test("write-payment: a failure once in the metrics, though Stripe tells of it twice, and each on a row", async () => {
  const first = await write("in_twice", "invoice.payment_failed", { next_payment_attempt: null });
  assert.is(Object(first.logs[1]).nextPaymentAttempt, null);
  assert.equal(counted(first.stdout), [{ PaymentFailed: 1, PaymentSucceeded: 0 }]);
  const twin = await write("in_twice", "invoice.payment_failed", {}, second + 3);
  assert.equal([twin.result.outcome, counted(twin.stdout)], ["applied", []]);
  const later = await write("in_twice", "invoice.payment_failed", {}, second + 30);
  assert.equal(counted(later.stdout), [{ PaymentFailed: 1, PaymentSucceeded: 0 }]);
  assert.equal(counted((await write("in_twice", "invoice.paid", {}, second + 31)).stdout), [
    { PaymentFailed: 0, PaymentSucceeded: 1 },
  ]);
});

test("write-payment: refuses a type that says neither, and an event without its user", async () => {
  const { name, message } = await rejects(write("in_type", "invoice.created"));
  assert.equal([name, message.includes("invoice.created")], ["InvalidEvent", true]);
  const event = sampleEvent("evt_nobody", "invoice.paid", second, openInvoice("in_nobody"));
  const nobody = captured(() => writeHandler(taskInput(onTheBus(event))));
  assert.match((await rejects(nobody)).message, "customer");
});

const sync = (id: string, created: number, object: Json, previous?: Json) => {
  const type = `customer.subscription.${previous ? "updated" : "created"}`;
  return captured(() => syncHandler(ofUser("user_sync", sampleEvent(id, type, created, object, previous))));
};

test("sync-subscription: what changed, by which event, how sure it is, and each gap that lasts", async () => {
  const of = (status: string) => sampleSubscription({ ...period, status });
  const common = { userId: "user_sync", customerId: "cus_sample", subscriptionId: "sub_sample" };
  const first = await sync("evt_sync_1", second, of("active"));
  const begun = {
    outcome: "applied",
    changes: [{ change: "status_changed", from: null, to: "active" }],
    written: ["core USER#user_sync SUBSCRIPTION"],
  };
  const none = { gap: "none", heal: null };
  assert.equal(withoutPublish(first.result), { ...begun, ...none });
  const message = "Subscription synchronised";
  const sure = { order: "certain", gapSince: null, eventStatus: "active", eventChanges: begun.changes };
  assert.equal(first.logs.slice(1), [{ message, ...ids("evt_sync_1"), ...begun, ...common, ...sure }]);
  assert.equal(first.stdout, []);
  const again = await sync("evt_sync_1", second, of("active"));
  const duplicate = { outcome: "duplicate", changes: [], written: [] };
  assert.equal(again.logs.slice(1), [{ message, ...ids("evt_sync_1"), ...duplicate, ...common, ...sure }]);
  assert.equal([withoutPublish(again.result), again.stdout], [{ ...duplicate, ...none }, []]);
  const gap = await sync("evt_sync_2", second + 3599, of("unpaid"), { status: "past_due" });
  assert.equal([gap.logs.length, gap.stdout], [2, []]);
  const lasting = await sync("evt_sync_3", second + 3600, of("paused"), { status: "unpaid" });
  const [, warning, done] = lasting.logs.map(Object);
  assert.equal(warning.message, "An event of the subscription is missing");
  const { gapSince, missing, userId, subscriptionId } = warning;
  assert.equal([gapSince, userId, subscriptionId], [second, "user_sync", "sub_sample"]);
  assert.equal([missing.after.length, missing.before.length], [1, 1]);
  assert.is(done.order, "assumed");
  assert.equal(done.eventChanges, [{ change: "status_changed", from: "unpaid", to: "paused" }]);
  assert.equal(counted(lasting.stdout), [{ SubscriptionGap: 1 }]);
});

test("every handler takes its settings from the environment", async () => {
  const live = { LIVEMODE: "live" };
  const testMode = { livemode: false };
  const linked = () => captured(() => linkHandler(taskInput(linkEvent(invoicePayment(), testMode))));
  assert.is((await rejects(withEnv(live, linked))).name, "Refused");
  assert.is((await withEnv({ LIVEMODE: "any" }, linked)).result.outcome, "applied");
  await tables.add(tables.core, { PK: "USER#user_env", SK: "SUBSCRIPTION", customer_id: "cus_owner" });
  const resolved = () => captured(() => resolveHandler(taskInput(invoiceEvent({}, testMode))));
  assert.is((await withEnv(live, resolved)).result.outcome, "refused");
  assert.is((await withEnv({ LIVEMODE: "any" }, resolved)).result.outcome, "found");
  const prices = { MONTHLY_PRICES: '["price_a"]', YEARLY_PRICES: '["price_b"]', LIVEMODE: "any" };
  const priceOf = (price: string) => invoiceEvent({ customer: "cus_nobody", lines: { data: [{ price }] } });
  const skipped = await withEnv(prices, () => captured(() => resolveHandler(taskInput(priceOf("price_c")))));
  assert.is(skipped.result.outcome, "skipped");
  for (const price of ["price_a", "price_b"]) {
    const ours = withEnv(prices, () => captured(() => resolveHandler(taskInput(priceOf(price)))));
    assert.is((await rejects(ours)).name, "CustomerNotFound", price);
  }
});

test("logs what is thrown that is no error by what it is", async () => {
  // oxlint-disable-next-line typescript/prefer-promise-reject-errors
  const run = () => handle(taskInput(linkEvent({})), () => Promise.reject("a text")).catch((thrown: unknown) => thrown);
  const { result, logs } = await captured(run);
  assert.is(result, "a text");
  assert.equal(logs.at(-1), { message: "Failed", ...ids("evt_link"), error: "string", reason: "a text" });
});

test.run();
