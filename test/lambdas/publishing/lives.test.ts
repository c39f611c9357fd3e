import { isDeepStrictEqual } from "node:util";
import * as fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { outboxIn } from "../../../lambdas/publishing/outbox.ts";
import type { Entry, ToPublish } from "../../../lambdas/publishing/to-publish.ts";
import { handler as syncSubscription } from "../../../lambdas/sync-subscription.ts";
import { handler as writePayment } from "../../../lambdas/write-payment.ts";
import type { Records } from "../../../records/records.ts";
import { randomFrom, shuffled, withDuplicates } from "../../../samples/random.ts";
import { type Json, sampleInvoice, sampleSubscription } from "../../../samples/stripe-objects.ts";
import { ofUser } from "../../events/envelope.ts";
import { captured } from "../../helpers/captured.ts";
import { markAll } from "../../helpers/mark-all.ts";
import { type Tables } from "../../helpers/tables.ts";
import { chargeOf, disputeOf, eventOf, linkEvent, open, paidAt, paidEvent, play, refundOf } from "../reversals/play.ts";

const test = suite("what is published of random lives");

let tables: Tables;
let records: Records;
test.before(async () => {
  ({ tables, records } = await open());
});

type Detail = Entry["Detail"];

const handle = async (user: string, event: Json): Promise<{ publish: ToPublish }> => {
  const type = `${event["type"]}`;
  if (type.startsWith("customer.subscription.")) {
    return (await captured(() => syncSubscription(ofUser(user, event)))).result;
  }
  if (type === "invoice.payment_failed") return (await captured(() => writePayment(ofUser(user, event)))).result;
  return (await play(event, user)).result;
};

const statuses = ["active", "past_due", "unpaid", "canceled"];

// One user's events: of a subscription, of a payment with failed attempts, and of its refunds and disputes.
const eventsOf = (name: string, random: () => number): Json[] => {
  const sub = (status: string, more: Json = {}) =>
    sampleSubscription({ id: `sub_${name}`, status, start: 1, end: 2, more });
  const steps = statuses.slice(0, 1 + Math.floor(random() * 4));
  const subscription = steps.map((status, index) =>
    eventOf(
      `customer.subscription.${index === 0 ? "created" : "updated"}`,
      paidAt + 10 * index,
      sub(status),
      index === 0 ? {} : { data: { object: sub(status), previous_attributes: { status: steps[index - 1] } } },
    ),
  );
  // Nothing of it shows but when Stripe said it.
  const noted = {
    object: sub("active", { metadata: { note: "a" } }),
    previous_attributes: { metadata: { note: null } },
  };
  subscription.push(eventOf("customer.subscription.updated", paidAt + 5, {}, { data: noted }));
  const due = sampleInvoice({ id: `in_${name}`, amount: 580, created: paidAt, start: 1, end: 2 });
  const attempts = [0, 2, 100].map((at) => eventOf("invoice.payment_failed", paidAt + at, due));
  return [
    ...subscription,
    ...attempts,
    paidEvent(name),
    paidEvent(name, { amount_paid: 600 }),
    linkEvent(name),
    eventOf("refund.created", paidAt + 100, refundOf(name, { status: "pending" })),
    eventOf("refund.updated", paidAt + 120, refundOf(name)),
    eventOf("charge.refunded", paidAt + 130, chargeOf(name, 100, { invoice: `in_${name}` })),
    eventOf("charge.dispute.created", paidAt + 200, disputeOf(name, "needs_response")),
    eventOf("charge.dispute.closed", paidAt + 300, disputeOf(name, "lost")),
  ].filter(() => random() < 0.85);
};

let lives = 0;

// What comes on the bus of a life in which some answers and some marks are lost; at last every event comes once more.
const publishedIn = async (seed: number) => {
  lives += 1;
  const [name, user] = [`publish${lives}x`, `user_publish${lives}x`];
  const random = randomFrom(seed);
  const events = eventsOf(name, random);
  const entries: Entry[] = [];
  for (const event of shuffled(withDuplicates(events, 0.3, random), random)) {
    const result = await handle(user, event);
    if (random() < 0.2) continue;
    entries.push(...result.publish.entries);
    if (random() > 0.3) await markAll(result);
  }
  for (const event of [...events, ...events]) {
    const result = await handle(user, event);
    entries.push(...result.publish.entries);
    await markAll(result);
  }
  for (const event of events) assert.is((await handle(user, event)).publish.next, "nothing");
  return { name, user, entries };
};

const rowsNow = async (): Promise<(subject: string) => Json> => {
  const items = [...(await tables.items(tables.core)), ...(await tables.items(tables.payments))];
  const rows = new Map(items.map((item) => [`${item["PK"]} ${item["SK"]}`, item]));
  return (subject) => rows.get(keyOf(subject)) ?? {};
};

const keyOf = (subject: string): string => {
  const [kind, id, SK] = subject.split("/");
  if (kind === "subscription") return `USER#${id} SUBSCRIPTION`;
  return kind === "payment" ? `INVOICE#${id} ${SK}` : `PAYMENT#${id} REVERSALS`;
};

// When Stripe last said something is no change by itself.
const shown = ({ state, user_id: user }: Detail) => ({ ...state, updated_at: null, user });

const assertOrdered = (subject: string, details: Detail[], row: Json): Detail => {
  const byVersion = Map.groupBy(details, ({ version }) => version);
  const ordered = [...byVersion].toSorted(([a], [b]) => a - b).map(([, same]) => same);
  for (const same of ordered) {
    for (const one of same) assert.equal([one.state, one.user_id], [same[0]?.state, same[0]?.user_id], subject);
  }
  const [first, ...later] = ordered.flatMap((same) => same.slice(0, 1));
  assert.ok(first);
  let before = first;
  for (const one of later) {
    const isSame = isDeepStrictEqual(shown(before), shown(one));
    assert.is(isSame, false, `${subject} ${one.version}`);
    before = one;
  }
  for (const { changes } of details) assert.ok(changes === null || Object.keys(changes).length > 0, subject);
  const { published, changes } = outboxIn(row);
  assert.equal(changes, [], subject);
  const versions = ordered.flatMap((same) => same[0]?.version ?? []);
  // What is added of refunds and disputes that shows nothing has a version too.
  if (!subject.startsWith("reversals/"))
    assert.equal(
      versions,
      Array.from({ length: published }, (_, at) => at + 1),
    );
  return before;
};

test("is each change once a version, without a gap, and at last what its row says", async () => {
  const kinds = new Set<string>();
  const property = fc.asyncProperty(fc.integer(), async (seed) => {
    const { name, user, entries } = await publishedIn(seed);
    for (const { DetailType } of entries) kinds.add(DetailType);
    const details = entries.map(({ Detail }) => Detail);
    const payments = await records.paymentsOf(`in_${name}`);
    const rowOf = await rowsNow();
    const last = new Map<string, Detail>();
    for (const [subject, all] of Map.groupBy(details, (one) => one.subject)) {
      last.set(subject, assertOrdered(subject, all, rowOf(subject)));
    }
    for (const [subject, { state, user_id: owner }] of last) {
      const row = rowOf(subject);
      if (subject.startsWith("reversals/")) {
        assert.is(owner, row["user_id"] ?? null, subject);
        const paid = payments.find(({ status }) => status !== "failed");
        if (!paid || owner === null) continue;
        const { refunds, disputes, refunded_amounts: amounts } = Object(state);
        assert.equal(
          [paid.refunds, paid.dispute, paid.refunded_amount],
          [refunds, disputes[0] ?? null, amounts.jpy ?? 0],
          subject,
        );
        continue;
      }
      for (const [field, value] of Object.entries(state ?? {})) {
        if (field !== "updated_at") assert.equal(row[field] ?? null, value, `${subject} ${field}`);
      }
    }
    // Every row that a consumer may know of has been told of.
    if (await records.subscription(user)) assert.ok(last.has(`subscription/${user}`));
    const paid = payments.filter(({ status }) => status !== "failed");
    assert.is(last.has(`payment/in_${name}/SUCCEEDED`), paid.length > 0);
    const attempts = [...last.keys()].filter((subject) => subject.includes("/FAILED#"));
    assert.ok(attempts.length >= payments.length - paid.length);
  });
  await fc.assert(property, { numRuns: 25, includeErrorInReport: true });
  assert.equal(kinds.size, 5, [...kinds].join());
});

test.run();
