import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parse } from "../../../lambdas/runtime/parse.ts";
import { Lines, pricesInLines, servicePeriodOf, subscriptionInLines } from "../../../lambdas/stripe/invoice-lines.ts";
import type { Json } from "../../../samples/stripe-objects.ts";

const test = suite("the lines of an invoice");

const invoiceOf = (data: Json[], hasMore = false) => ({ lines: parse({ data, has_more: hasMore }, Lines) });

const line = (start: number, end: number, more: Json = {}): Json => ({ amount: 580, period: { start, end }, ...more });

const proration = { proration: true };
const inItem = { parent: { subscription_item_details: proration } };
const inInvoiceItem = { parent: { invoice_item_details: proration } };

test("name the period that is paid for: that of the line that ends last, and of those the one that starts last", () => {
  const cases: [Json[], [number | null, number | null]][] = [
    [
      [line(100, 200), line(150, 300), line(120, 250)],
      [150, 300],
    ],
    [
      [line(150, 300), line(100, 300)],
      [150, 300],
    ],
    [
      [line(100, 300), line(150, 300)],
      [150, 300],
    ],
    [
      [line(200, 250), line(100, 300)],
      [100, 300],
    ],
    [
      [{ amount: 580 }, line(100, 200)],
      [100, 200],
    ],
    [[{ amount: 580 }], [null, null]],
    [[], [null, null]],
  ];
  for (const [data, [start, end]] of cases) assert.equal(servicePeriodOf(invoiceOf(data)), { start, end });
});

test("count credits and prorations only where no other line is left, and a proration before a credit", () => {
  const credit = line(100, 900, { amount: -1 });
  for (const prorated of [line(100, 800, proration), line(100, 800, inItem), line(100, 800, inInvoiceItem)]) {
    assert.equal(servicePeriodOf(invoiceOf([credit, prorated, line(100, 200)])), { start: 100, end: 200 });
    assert.equal(servicePeriodOf(invoiceOf([credit, prorated])), { start: 100, end: 800 });
  }
  assert.equal(servicePeriodOf(invoiceOf([credit])), { start: 100, end: 900 });
  const free = line(100, 300, { amount: 0, proration: false });
  assert.equal(servicePeriodOf(invoiceOf([credit, free])), { start: 100, end: 300 });
  const unnamed = line(100, 300, { amount: null });
  assert.equal(servicePeriodOf(invoiceOf([credit, line(100, 800, proration), unnamed])), { start: 100, end: 300 });
});

test("leave the period open where the line that is paid for does not name it", () => {
  const unknown = { start: null, end: null };
  const [credit, prorated] = [line(100, 900, { amount: -1 }), line(100, 800, proration)];
  for (const period of [undefined, null, {}, { start: null, end: null }, { start: 1 }, { end: 2 }]) {
    const open = { amount: 580, period };
    assert.equal(servicePeriodOf(invoiceOf([credit, prorated, open])), unknown);
    assert.equal(servicePeriodOf(invoiceOf([credit, { ...open, ...proration }])), unknown);
    assert.equal(servicePeriodOf(invoiceOf([open, line(1, 2)])), { start: 1, end: 2 });
  }
});

test("are a proration where any place says so", () => {
  for (const parent of [inItem.parent, inInvoiceItem.parent]) {
    const hybrid = line(100, 800, { proration: false, parent });
    assert.equal(servicePeriodOf(invoiceOf([hybrid, line(100, 200)])), { start: 100, end: 200 });
  }
});

test("leave the period open where only credits and prorations are in sight, and others are not", () => {
  const data = [line(100, 900, { amount: -1 }), line(100, 800, proration)];
  assert.equal(servicePeriodOf(invoiceOf(data, true)), { start: null, end: null });
  assert.equal(servicePeriodOf(invoiceOf([...data, line(100, 200)], true)), { start: 100, end: 200 });
  for (const none of [{}, { lines: null }, { lines: {} }, { lines: { data: null } }]) {
    assert.equal(servicePeriodOf(none), { start: null, end: null });
    assert.is(subscriptionInLines(none), null);
    assert.equal(pricesInLines(none), []);
  }
});

test("leave the period open where what is in sight was used before the invoice's own period ended, and others are not", () => {
  const [used, next] = [line(100, 200), line(200, 300)];
  const periodOf = (data: Json[], ownEnd: number | null | undefined, hasMore = true) =>
    servicePeriodOf({ ...invoiceOf(data, hasMore), period_end: ownEnd });
  for (const ownEnd of [200, 201]) assert.equal(periodOf([used], ownEnd), { start: null, end: null });
  for (const ownEnd of [199, null, undefined]) assert.equal(periodOf([used], ownEnd), { start: 100, end: 200 });
  assert.equal(periodOf([used, next], 200), { start: 200, end: 300 });
  assert.equal(periodOf([used], 200, false), { start: 100, end: 200 });
});

test("name a subscription where all that name one name the same, in any shape", () => {
  const shapes = (id: string): Json[] => [
    { subscription: id },
    { parent: { subscription_item_details: { subscription: id } } },
    { parent: { invoice_item_details: { subscription: id } } },
  ];
  for (const shape of shapes("sub_a")) {
    assert.is(subscriptionInLines(invoiceOf([{}, shape, ...shapes("sub_a")])), "sub_a");
    assert.is(subscriptionInLines(invoiceOf([...shapes("sub_b"), shape])), null);
  }
  assert.is(subscriptionInLines(invoiceOf([{}])), null);
});

test("name their prices in any shape, and the newest shape's first", () => {
  const data = [
    { pricing: { price_details: { price: "price_a" } }, price: "price_x" },
    { price: { id: "price_b" }, plan: "price_y" },
    { plan: "price_c" },
    {},
  ];
  assert.equal(pricesInLines(invoiceOf(data)), ["price_a", "price_b", "price_c"]);
});

test.run();
