import { suite } from "uvu";
import * as assert from "uvu/assert";
import { handledTypes } from "../../../infra/workflows.ts";
import { sampleOf } from "../../../samples/events.ts";
import { subjectOf } from "../../../samples/month.ts";
import { type Json, sampleEvent, sampleSubscription } from "../../../samples/stripe-objects.ts";
import { invoiceOf, line, lineBeforeBasil, on } from "./invoices.ts";
import { play, sold } from "./played.ts";

const test = suite("events that are none of ours");

const period = { start: on(5), end: on(6) };
const month = { amount: 580, from: on(5), to: on(6) };

const subscription = (price: string, more: Json = {}): Json =>
  sampleEvent(
    `evt_${price}`,
    "customer.subscription.created",
    on(5),
    sampleSubscription({ customer: "cus_other", price, ...period, more }),
  );

const invoice = (id: string, lines: Json[], hasMore = false): Json =>
  sampleEvent(`evt_${id}`, "invoice.paid", on(5), invoiceOf({ id, customer: "cus_other", lines, hasMore }));

test("of a connected account are skipped, of every type, and counted", async () => {
  const events = handledTypes.map((type) => ({
    ...sampleOf(type, subjectOf("connected", on(5))).event,
    account: "acct_1",
  }));
  const { outcomes, core, payments, counted } = await play(events, { items: [] });
  assert.equal(new Set(outcomes.map(({ outcome }) => outcome)), new Set(["skipped"]));
  assert.equal([core, payments], [[], []]);
  assert.is(counted("NoneOfOurs"), handledTypes.length);
});

test("by their prices are skipped, where no user is known: no attempt more, no dead letter", async () => {
  const events = [
    subscription("price_other"),
    invoice("in_basil", [line({ ...month, price: "price_other" })]),
    invoice("in_old", [lineBeforeBasil({ ...month, price: "price_other" })]),
  ];
  const { outcomes, core, payments, deadLetters, counted } = await play(events);
  for (const { outcome, states } of outcomes) {
    assert.is(outcome, "skipped");
    assert.is(states.filter((state) => state === "ResolveCustomer").length, 1);
  }
  assert.equal([core.length, payments, deadLetters, counted("NoneOfOurs")], [1, [], 0, 3]);
});

test("may be ours where a price is, where none is named, or where not all are in sight: they wait for a user", async () => {
  const events = [
    subscription(sold.month),
    invoice("in_ours", [line({ ...month, price: "price_other" }), line({ ...month, price: sold.promo })]),
    invoice("in_unnamed", [{ ...line(month), pricing: null }]),
    invoice("in_part", [line({ ...month, price: "price_other" })], true),
    sampleEvent("evt_no_price", "customer.subscription.created", on(5), {
      ...sampleSubscription({ customer: "cus_other", ...period }),
      items: { data: [] },
    }),
  ];
  const { outcomes, counted } = await play(events);
  for (const { outcome, error } of outcomes) {
    assert.equal([outcome, error?.name], ["dead-letter", "CustomerNotFound"]);
  }
  assert.is(counted("NoneOfOurs"), 0);
});

test("are recorded for a user who is known, without a plan, and counted: so prices under a wrong id show", async () => {
  const known = subscription("price_wrong", { metadata: { user_id: "user_1" } });
  const { outcomes, row, counted } = await play([known]);
  assert.equal([outcomes[0]?.outcome, row["status"], row["plan"]], ["applied", "active", null]);
  assert.is(counted("NoneOfOurs"), 1);
});

test("wait as ever where no price is configured", async () => {
  const { outcomes } = await play([subscription("price_other")], { isConfigured: false });
  assert.is(outcomes[0]?.error?.name, "CustomerNotFound");
});

test.run();
