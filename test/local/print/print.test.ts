import { stripVTControlCharacters } from "node:util";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Outcome } from "../../../local/print/outcome.ts";
import { alarmLineOf, lineOf, rowsOf, summaryOf } from "../../../local/print/print.ts";
import type { Dump } from "../../../local/runner.ts";
import { onTerminal } from "../../helpers/terminal.ts";

const test = suite("print");

const outcome: Outcome = {
  eventId: "evt_1",
  type: "invoice.payment_succeeded",
  customerId: "cus_1",
  userId: "u",
  outcome: "applied",
  states: ["ResolveCustomer", "IsItForUs", "WritePayment"],
  retries: 0,
  written: ["payments INVOICE#in_1 SUCCEEDED", "core USER#u SUBSCRIPTION"],
  published: [],
  error: null,
  ms: 12.34,
};

const line = (more: Partial<Outcome> = {}) => stripVTControlCharacters(lineOf({ ...outcome, ...more }));

test("says of an event what became of it, by which states, what was written, and how long it took", () => {
  assert.is(
    line(),
    `evt_1                         invoice.payment_succeeded      applied       12 ms  ResolveCustomer > IsItForUs > WritePayment
  payments INVOICE#in_1 SUCCEEDED, core USER#u SUBSCRIPTION`,
  );
});

test("says that an event came again, and how", () => {
  assert.match(line({ again: "redriven" }), /applied +12 ms {2}redriven {2}ResolveCustomer > /);
});

const published = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    type: "RefundRecorded",
    subject: "reversals/pi_\u001b1",
    version: index + 1,
  }));

test("says below an event what was published, by its type, subject and version, the first twenty of many", () => {
  const [, , ...two] = line({ published: published(2) }).split("\n");
  assert.equal(two, [
    "  → RefundRecorded reversals/pi_\\u001b1 version 1",
    "  → RefundRecorded reversals/pi_\\u001b1 version 2",
  ]);
  const [, , ...many] = line({ published: published(22) }).split("\n");
  assert.equal([many.length, many.at(-1)], [21, "  → … and 2 more"]);
});

test("says how often it was retried, if it was", () => {
  assert.match(line({ retries: 1 }), / 12 ms {2}1 retry {2}ResolveCustomer > /);
  assert.match(line({ retries: 3, ms: 8_123 }), / 8\.1 s {2}3 retries {2}ResolveCustomer > /);
});

const id = (prefix: string) => `${prefix}_1OqwertyuiopasdfghjklzxC`;

test("fits a terminal, with the states on a line of their own", async () => {
  const real = { eventId: id("evt"), type: "customer.subscription.updated", outcome: "dead-letter" as const };
  const printed = await onTerminal(() => line({ ...real, again: "redriven", retries: 3 }));
  const [first, second] = printed.split("\n");
  assert.is(first, `${id("evt")}  customer.subscription.updated  dead-letter   12 ms`);
  assert.is(second, "  redriven  3 retries  ResolveCustomer > IsItForUs > WritePayment");
  const states = Array.from({ length: 9 }, () => "ResolveCustomer");
  const error = { name: "Lambda.TooManyRequestsException", message: "a long message ".repeat(9) };
  const written = Array.from({ length: 5 }, () => `payments INVOICE#${id("in")} SUCCEEDED`);
  const all = await onTerminal(() => [
    line({ ...real, states, written, error }),
    rowsOf({ core: [subscription], payments: [payment(id("in"), january)] }),
    alarmLineOf({
      name: "prod-homebiyori-dead-letter-queue-old",
      state: "ALARM",
      reason: "reason ".repeat(20),
      minute: 1,
    }),
    summaryOf({
      ...totals,
      placeholders: 3,
      metrics: new Map([
        ["Homebiyori/Billing PaymentFailed", 1],
        ["Homebiyori/Billing PaymentSucceeded", 2],
      ]),
    }),
  ]);
  const lines = stripVTControlCharacters(all.join("\n")).split("\n");
  assert.equal(
    lines.filter(({ length }) => length > 80),
    [],
  );
  assert.is(lines.filter((text) => text.endsWith("…")).length, 4);
});

test("says why an event failed", () => {
  const error = { name: "CustomerNotFound", message: "no user of cus_1" };
  const failed = line({ outcome: "dead-letter", states: ["ResolveCustomer"], written: [], error });
  assert.match(failed, /dead-letter +12 ms\n {2}ResolveCustomer\n {2}CustomerNotFound: no user of cus_1$/);
});

test("shows control characters of an event escaped", () => {
  const error = { name: "E\u001b[31m", message: "no user of\ncus_\u009b1" };
  const evil = lineOf({ ...outcome, eventId: "evt_\u0007", type: "t\u001b[2J", written: ["core USER#\u007f"], error });
  const plain = stripVTControlCharacters(evil);
  assert.match(plain, /^evt_\\u0007 +t\\u001b\[2J /);
  assert.match(plain, "core USER#\\u007f\n");
  assert.match(plain, /E\\u001b\[31m: no user of cus_\\u009b1$/);
});

test("leaves out what there is not", () => {
  assert.match(line({ outcome: "unmatched", states: [], written: [] }), /unmatched +12 ms$/);
});

test("says of which source an unmatched event is, if it is not the stack's", () => {
  const foreign = line({ outcome: "unmatched", states: [], written: [], source: "aws.partner/\u001bother" });
  assert.match(foreign, /ms\n {2}no rule takes events of aws\.partner\/\\u001bother$/);
});

test("keeps what follows in one column, though two types of event are longer than the others", () => {
  const columns = ["invoice.paid", "charge.dispute.funds_reinstated"].map((type) => line({ type }).indexOf(" ms"));
  assert.is(new Set(columns).size, 1);
});

test("shows a payment as other services read it, with its refunds and disputes", () => {
  const said = { at: 2, status: "succeeded", amount: 80, currency: "jpy", created: 1 };
  const reversals = { PK: "PAYMENT#pi_1", SK: "REVERSALS", user_id: "u", refund_re_1: [JSON.stringify(said)] };
  const paid = { ...payment("in_1", january), PK: "INVOICE#in_1", stripe_payment_intent_ids: ["pi_1"] };
  const printed = stripVTControlCharacters(rowsOf({ core: [], payments: [paid, reversals] }));
  assert.match(printed, "Payments (1)\n");
  assert.match(printed, /^ {2}in_1 +partially_refunded +580 +80 +jpy /m);
});

test("keeps what follows in one column, whatever the outcome", () => {
  const outcomes = ["applied", "duplicate", "stale", "skipped", "refused", "dead-letter", "unmatched", "lost"] as const;
  const columns = outcomes.map((one) => line({ outcome: one }).indexOf(" ms"));
  assert.is(new Set(columns).size, 1);
});

const totals = {
  counts: new Map<string, number>(),
  background: new Map<string, number>(),
  published: new Map<string, number>(),
  seconds: 1.26,
  metrics: new Map<string, number>(),
  placeholders: 0,
  alarms: [],
  untriggered: [],
};

test("counts the outcomes on a line", () => {
  const counts = new Map([
    ["applied", 12],
    ["dead-letter", 1],
  ]);
  assert.is(summaryOf({ ...totals, counts }), "13 events in 1.3 s: 12 applied, 1 dead-letter");
  assert.is(summaryOf({ ...totals, counts: new Map([["stale", 1]]) }), "1 event in 1.3 s: 1 stale");
  assert.is(summaryOf(totals), "0 events in 1.3 s: none");
});

test("says what was published, the metrics, the alarms that are on, the faults that were not injected, and how many users are placeholders", () => {
  const metrics = new Map([
    ["Homebiyori/Billing PaymentFailed", 2],
    ["Homebiyori/Billing Gap", 1],
  ]);
  const [, ...lines] = summaryOf({
    ...totals,
    published: new Map([["PaymentFailed", 2]]),
    metrics,
    placeholders: 3,
    alarms: ["dev-page", "dev-a-failed"],
    untriggered: ["2 (lambda throws)"],
  }).split("\n");
  assert.equal(lines, [
    "Published: 2 PaymentFailed",
    "Metrics: Homebiyori/Billing PaymentFailed 2, Homebiyori/Billing Gap 1",
    "In alarm:",
    "  dev-page",
    "  dev-a-failed",
    "Fault 2 (lambda throws) was never injected",
    "3 customers got a placeholder user, user_<customer id>, as no event names one (--items gives your own)",
  ]);
});

const january = Date.UTC(2026, 0, 1) / 1000;

const payment = (invoice: string, createdAt: number) => ({
  user_id: "user_1",
  stripe_invoice_id: invoice,
  status: "succeeded",
  amount: 580,
  currency: "jpy",
  created_at: createdAt,
  expires_at: january,
});

const subscription = { user_id: id("user"), subscription_id: id("sub"), status: "active", stripe_version: 3 };

const rows = (dump: Partial<Dump>): string[] =>
  stripVTControlCharacters(rowsOf({ core: [], payments: [], ...dump })).split("\n");

test("shows empty tables as such", () => {
  assert.equal(rows({}), ["Subscriptions (0)", "", "Payments (0)"]);
});

test("shows payments with the newest last, times as dates, and what is missing as a dash", () => {
  const payments = [payment("in_2", january + 90_061), { ...payment("in_1", january), failure_reason: "expired_card" }];
  const [heading, columns, first, second] = rows({ payments }).slice(2);
  assert.is(heading, "Payments (2)");
  assert.is(
    columns,
    "  stripe_invoice_id  status     amount  refunded_amount  currency  created_at        user_id  failure_reason  expires_at",
  );
  assert.is(
    first,
    "  in_1               succeeded  580     0                jpy       2026-01-01 00:00  user_1   expired_card    2026-01-01 00:00",
  );
  assert.is(
    second,
    "  in_2               succeeded  580     0                jpy       2026-01-02 01:01  user_1   -               2026-01-01 00:00",
  );
});

test("shows the subscriptions of the core table, and nothing else that is in it", () => {
  const mine = { user_id: "user_1", status: "active", cancel_at_period_end: false, ended_at: null, stripe_version: 3 };
  const core = [{ PK: "USER#user_2", SK: "PROFILE" }, mine, { user_id: "user_3", SK: "SUBSCRIPTION" }];
  const [heading, columns, row, after] = rows({ core });
  assert.is(heading, "Subscriptions (1)");
  assert.match(`${columns}`, /^ {2}user_id {2}status {2}plan {2}current_period_end {2}subscription_id/);
  assert.match(`${row}`, /^ {2}user_1 +active +- +- +- +false +- +-$/);
  assert.is(after, "");
});

test("shows how collection is paused where it is", () => {
  const [, columns, row, other] = rows({ core: [{ ...subscription, pause_collection: "void" }, subscription] });
  assert.match(`${columns}`, /order {2}pause_collection$/);
  assert.match(`${row}`, / void$/);
  assert.match(`${other}`, / -$/);
});

test("shows no more than twenty rows, and says how many there are besides", () => {
  const payments = Array.from({ length: 23 }, (_, index) => payment(`in_${index}`, january + index));
  const shown = rows({ payments }).slice(2);
  assert.is(shown[0], "Payments (23)");
  assert.is(shown.filter((text) => text.includes("in_")).length, 20);
  assert.ok(shown.includes("  … after 3 more (--dump <file> writes all)"));
});

test.run();
