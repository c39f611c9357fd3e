import { create } from "superstruct";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { afterPage, Run } from "../../../lambdas/reconcile/run.ts";
import { noDifferences } from "../../helpers/no-differences.ts";

const test = suite("a run through Stripe's lists");

const execution = (name: string): string => `arn:aws:states:r:1:execution:m:${name}`;
const full = { pages: 999, list: "invoices" };
const after = (run: object, name: string) =>
  afterPage(create(run, Run), { objects: [{ id: "in_1" }], hasMore: true }, [], execution(name));

test("begins with the subscriptions, writes, and has counted nothing", () => {
  assert.equal(create({}, Run), {
    since: null,
    dryRun: false,
    backfill: false,
    subscription: null,
    customer: null,
    list: "subscriptions",
    startingAfter: null,
    summary: noDifferences,
    next: "page",
    name: null,
    part: 1,
    pages: 0,
    paceSeconds: 0,
  });
  assert.equal(create({ since: 0, name: "night-2" }, Run).since, 0);
  assert.throws(() => create({ since: -1 }, Run));
  assert.throws(() => create({ part: 0 }, Run));
  assert.throws(() => create({ pages: -1 }, Run));
});

test("goes on after the last object of a page, with the next list after the last page, and ends after the last list", () => {
  const run = create({ since: 5, customer: "cus_1", next: "execution" }, Run);
  const page = { objects: [{ id: "sub_1" }, { id: "sub_2" }], hasMore: true };
  const summary = { ...noDifferences, pages: 1 };
  const on = { ...run, startingAfter: "sub_2", summary, pages: 1, next: "page" as const };
  assert.equal(afterPage(run, page, [], execution("night")), on);
  const next = { ...on, list: "invoices" as const, startingAfter: null };
  assert.equal(afterPage(run, { ...page, hasMore: false }, [], execution("night")), next);
  const last = create({ since: 5, list: "disputes", startingAfter: "dp_1", pages: 3, summary: { pages: 4 } }, Run);
  const done = { ...last, summary: { ...noDifferences, pages: 5 }, pages: 4, next: "done" as const };
  assert.equal(afterPage(last, { objects: [], hasMore: false }, [], execution("night")), done);
});

test("counts an object by what became of it, and an intent where it was missing alone", () => {
  const one = { id: "1", userId: null, reason: null, differences: [] };
  const { summary } = afterPage(
    create({}, Run),
    { objects: [], hasMore: false },
    [
      { ...one, kind: "payment", outcome: "would_heal" },
      { ...one, kind: "payment_intent", outcome: "healed" },
      { ...one, kind: "payment_intent", outcome: "equal" },
      { ...one, kind: "subscription", outcome: "newer" },
      { ...one, kind: "refund", outcome: "healed" },
      { ...one, kind: "refund", outcome: "none_of_ours" },
      { ...one, kind: "dispute", outcome: "would_heal" },
    ],
    execution("night"),
  );
  assert.equal(summary, {
    ...noDifferences,
    pages: 1,
    compared: 5,
    newer: 1,
    noneOfOurs: 1,
    healed: { ...noDifferences.healed, payments: 1, paymentIntents: 1, refunds: 1, disputes: 1 },
  });
});

test("names each next execution after the first one, in at most 80 characters", () => {
  assert.equal([after(full, "night").name, after(full, "night").part], ["night-2", 2]);
  assert.is(after(full, "night-7").name, "night-7-2");
  assert.is(after({ ...full, part: 2 }, "night-2").name, "night-3");
  assert.is(after({ ...full, part: 12 }, "night-7-12").name, "night-7-13");
  assert.is(after(full, "n".repeat(80)).name, `${"n".repeat(70)}-2`);
  assert.equal([after(full, "night").pages, after(full, "night").startingAfter], [0, "in_1"]);
});

test.run();
