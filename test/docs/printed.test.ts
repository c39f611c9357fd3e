import { stripVTControlCharacters } from "node:util";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { start } from "../../local/start.ts";
import { redriveAll } from "../../ops/redrive/redrive-all.ts";
import { replayRule } from "../../ops/replay/replay-rule.ts";
import { showRecords } from "../../ops/show/show-records.ts";
import { smokeTest } from "../../ops/smoke/smoke-test.ts";
import { traceEvent } from "../../ops/trace/trace-event.ts";
import {
  type Json,
  sampleEvent,
  sampleInvoice,
  samplePrices,
  sampleSubscription,
} from "../../samples/stripe-objects.ts";
import { sampleDispute, sampleInvoicePayment, sampleRefund } from "../../samples/reversal-objects.ts";
import { captured } from "../helpers/captured.ts";
import { blocksOf } from "../helpers/page.ts";
import { onTerminal } from "../helpers/terminal.ts";
import { type Serving, startServing } from "../helpers/serving.ts";

const test = suite("what the pages show of a command's output");

let serving: Serving;
test.before(async () => {
  serving = await startServing();
});
test.after(() => serving.stop());

// What differs from run to run: times, numbers and ids; and the target, which is a deployed stack on the pages.
const masked = (line: string): string =>
  stripVTControlCharacters(line)
    .replaceAll(serving.url, "prod")
    .replaceAll("dev-homebiyori", "prod-homebiyori")
    .replaceAll(/\b(evt|in|pi|cus|sub|smoke)_\w+/g, "$1_…")
    .replace(/(:express:[^:]+:).*/, "$1…")
    .replaceAll(/[\d.:TZ-]*\d[\d.:TZ-]*/g, "0")
    .replaceAll(/\b0 (ms|s|min)\b/g, "0 s")
    .replaceAll(/ {2,}/g, "  ")
    .trimEnd();

// Each line of a page, in its order, is one that the command has printed; `…` stands for lines that the page leaves out.
const assertPrinted = (block: string | undefined, printed: string, more = masked): void => {
  const lines = printed.split("\n").map(more);
  let from = 0;
  for (const line of `${block}`.trimEnd().split("\n")) {
    if (line.trim() === "…") continue;
    const index = lines.indexOf(more(line), from);
    assert.ok(index >= 0, `Nothing prints this after line ${from} of\n${lines.join("\n")}\n\n${more(line)}`);
    from = index + 1;
  }
};

const printedBy = async (run: () => Promise<number>): Promise<string> => (await captured(run)).logs.join("\n");

const { signal } = new AbortController();

const invoice = {
  id: "in_123",
  customer: "cus_123",
  subscription: "sub_123",
  amount: 580,
  created: 1,
  start: 1,
  end: 2,
};

test("docs/dead-letters.md: the list of a dry run", async () => {
  for (const id of ["evt_1", "evt_2"])
    await serving.handle(sampleEvent(id, "invoice.payment_succeeded", 1, sampleInvoice({ ...invoice, paidAt: 1 })));
  const subscription = sampleSubscription({ start: 1, end: 2, more: { items: { object: "list" } } });
  await serving.handle(sampleEvent("evt_3", "customer.subscription.updated", 1, subscription, { status: "trialing" }));
  const options = { local: serving.url, dryRun: true, max: 3, rate: 10 };
  const [listing] = blocksOf("dead-letters", "");
  assertPrinted(listing, await printedBy(() => redriveAll(options, signal)));
});

test("docs/dead-letters.md: the dry run of a replay", async () => {
  const options = {
    local: serving.url,
    dryRun: true,
    rule: "payment-succeeded-rule",
    from: new Date(0),
    to: new Date(),
  };
  assertPrinted(blocksOf("dead-letters", "")[1], await printedBy(() => replayRule(options, signal)));
});

test("docs/tracing.md: an event that failed, and then was redriven", async () => {
  const event = sampleEvent("evt_1ABC", "invoice.payment_failed", 1, sampleInvoice(invoice));
  await serving.handle(event);
  await serving.addPlaceholderUsers([serving.envelope(event)]);
  await printedBy(() => redriveAll({ local: serving.url, event: ["evt_1ABC"], max: 3, rate: 10 }, signal));
  const printed = await printedBy(() => traceEvent("evt_1ABC", { local: serving.url, since: new Date(0) }));
  assertPrinted(blocksOf("tracing", "")[0], printed);
});

test("docs/records.md: a subscription and its payments", async () => {
  const at = (text: string) => Date.parse(`${text}Z`) / 1000;
  const period = { start: at("2026-02-27"), end: at("2027-02-27") };
  const ids = { id: "in_3", customer: "cus_show", subscription: "sub_show" };
  const more = { metadata: { user_id: "user_1" } };
  const bill = { ...ids, amount: 580, created: at("2026-02-14"), ...period };
  const refund = { id: "re_3", paymentIntent: "pi_3", amount: 80, created: at("2026-02-18") };
  const dispute = { id: "du_3", paymentIntent: "pi_3", amount: 500, created: at("2026-02-19") };
  const subscription = { id: "sub_show", customer: "cus_show", price: samplePrices.yearly, ...period, more };
  const events: Json[] = [
    sampleEvent("evt_s1", "customer.subscription.created", at("2026-04-20"), sampleSubscription(subscription)),
    sampleEvent("evt_s2", "invoice.payment_failed", at("2026-02-14T01:00"), sampleInvoice(bill)),
    sampleEvent("evt_s3", "invoice.paid", at("2026-02-17"), sampleInvoice({ ...bill, paidAt: at("2026-02-17") })),
    sampleEvent(
      "evt_s4",
      "invoice_payment.paid",
      at("2026-02-17"),
      sampleInvoicePayment("in_3", "pi_3", 580, at("2026-02-17")),
    ),
    sampleEvent("evt_s5", "refund.created", refund.created, sampleRefund(refund)),
    sampleEvent("evt_s6", "charge.dispute.created", dispute.created, sampleDispute(dispute)),
  ];
  for (const event of events) assert.is((await serving.handle(event)).outcome, "applied");
  const printed = await printedBy(() => showRecords("user_1", { local: serving.url, limit: 20, since: new Date(0) }));
  // Here even values and columns are those of the page.
  const exact = (line: string) =>
    stripVTControlCharacters(line)
      .replaceAll(/(sub|cus)_show/g, "$1_123")
      .replaceAll(/ +/g, " ")
      .trimEnd();
  assertPrinted(blocksOf("records", "")[0], printed, exact);
});

test("docs/smoke.md: the result of each type", async () => {
  // Events arrive in any order, so that each may be applied, and then has rows.
  const anyOutcome = (line: string) => masked(line).replace(/(applied|duplicate|stale)( .*)?$/, "handled");
  const printed = await printedBy(() => smokeTest({ local: serving.url }, signal));
  assertPrinted(blocksOf("smoke", "")[0], printed, anyOutcome);
});

test("README.md: the lines of two events", async () => {
  const printed = await onTerminal(() => printedBy(() => start({ stack: "dev", port: 0, exit: true })));
  assertPrinted(blocksOf("README", "")[0], printed);
});

test.run();
