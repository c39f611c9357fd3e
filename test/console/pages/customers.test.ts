import { suite } from "uvu";
import * as assert from "uvu/assert";
import { play } from "../../../local/play.ts";
import { sampleEvent, sampleInvoice, sampleSubscription } from "../../../samples/stripe-objects.ts";
import { type ServedConsole, startConsole } from "../../helpers/console.ts";
import { textOf } from "../../helpers/page-text.ts";

const test = suite("the pages of customers");

const row = (user: string, more: object) => ({
  PK: `USER#${user}`,
  SK: "SUBSCRIPTION",
  user_id: user,
  subscription_id: `sub_${user}`,
  status: "active",
  plan: null,
  price_id: null,
  order: "assumed",
  gap_since: 1_771_030_800,
  updated_at: 1_771_030_800,
  stripe_version: 1,
  ...more,
});

let served: ServedConsole;
test.before(async () => {
  const odd = row("odd", { status: "<b>odd</b>\u0007", pause_collection: "void", pause_resumes_at: null });
  const items = [odd, row("two_a", { customer_id: "cus_two" }), row("two_b", { customer_id: "cus_two" })];
  served = await startConsole({ items });
  await play(served.session, {}, () => false);
});
test.after(() => served.stop());

const read = async (path: string) => {
  const { status, html } = await served.read(path);
  return { status, html, text: textOf(html) };
};

const indexes = (text: string, parts: (string | RegExp)[]): number[] => parts.map((part) => text.search(part));

test("show the whole life of the sample subscription, the newest first", async () => {
  const { status, text } = await read("/customers/cus_sample");
  assert.is(status, 200);
  const found = indexes(text, [
    /ended, canceled evt_life_23/,
    /the scheduled cancellation was taken back evt_life_20/,
    /to be cancelled 2027-02-27 00:00:00 UTC evt_life_19/,
    /dispute, now won ¥5,413 of pi_life_4/,
    /healed by Stripe's answer, as an event was missing since 2026-02-14 01:00:00 UTC/,
    /plan price_sample_monthly → price_sample_yearly The row: past_due → active\. This showed that an event was missing since .* evt_life_14/,
    /refund, now succeeded ¥290 of pi_life_3 requested_by_customer/,
    /2026-02-14 01:00:00 UTC ✕ failed ¥580 of in_life_3 payment_failed, attempt 1/,
    /active → past_due evt_life_08/,
    /trialing → active evt_life_03/,
    /2026-01-01 00:00:00 UTC ✓ trialing new, trialing evt_life_01/,
  ]);
  assert.ok(
    found.every((index) => index >= 0),
    `${found}`,
  );
  assert.equal(
    found,
    found.toSorted((a, b) => a - b),
  );
});

test("draw the life as bands", async () => {
  const { html } = await read("/customers/cus_sample");
  const bar = html.slice(html.indexOf('class="life"'), html.indexOf("</svg>"));
  assert.equal([...bar.matchAll(/<title>(.*?)<\/title>/g)].map(([, title]) => title).slice(0, 6), [
    "trialing",
    "active",
    "past_due → active",
    "active",
    "canceled",
    "to be cancelled",
  ]);
});

test("show the subscription as it is, its payments and its newest events", async () => {
  const { text } = await read("/customers/in_life_3");
  assert.match(text, /Status · canceled – ended\n/);
  assert.match(text, /Access no\n/);
  assert.match(text, /Plan yearly \(price_sample_yearly\)\n/);
  assert.match(text, /Order ✓ certain – No other order of the events is possible\.\n/);
  assert.match(text, /Missing No event is missing\.\n/);
  assert.match(text, /partially_refunded ¥580 ¥290 ¥290 in_life_3 pi_life_3/);
  assert.match(text, /✕ failed ¥580 – – payment_failed, attempt 1 in_life_3/);
  assert.match(text, /evt_life_23 customer.subscription.deleted ✓ applied/);
  // Of a refund, which names no customer, its user is known.
  assert.match(text, /evt_life_\d+ charge.dispute.closed ✓ applied/);
  assert.match(text, "All in the list of events");
});

test("say what the logs do not reach back to", async () => {
  const { text } = await read("/customers/user_cus_sample?since=2030-01-01");
  assert.match(
    text,
    /The logs say nothing of the subscription since 2030-01-01 00:00:00 UTC : only payments are known\./,
  );
  assert.match(text, /✓ paid ¥5,413 of in_life_4/);
  const wrong = await read("/customers/user_cus_sample?since=yesterday<b>");
  assert.is(wrong.status, 400);
  assert.match(wrong.text, /\?since=yesterday&lt;b&gt;: expected a time such as /);
});

test("find a user by an event, and list the customers of the newest events", async () => {
  const { text } = await read("/customers/evt_life_07?since=2020-01-01");
  assert.match(text, /evt_life_07: user_cus_sample/);
  const list = await read("/customers");
  assert.match(list.html, '<a href="/customers/cus_sample">cus_sample</a>');
  const found = await fetch(new URL("/customers?id=cus_%2Fx", served.url), { redirect: "manual" });
  assert.equal([found.status, found.headers.get("location")], [303, "/customers/cus_%2Fx"]);
});

test("say first which events of the customer failed, of whom there may be no row", async () => {
  const failing = (id: string, customer: string) => ({
    id,
    type: "invoice.paid",
    data: {
      object: {
        ...sampleInvoice({ id: `in_${id}`, customer, amount: 1, created: 1, paidAt: 1, start: 1, end: 2 }),
        currency: 1,
      },
    },
  });
  await served.post(failing("evt_of_none", "cus_without_rows"));
  const none = await read("/customers/cus_without_rows");
  assert.is(none.status, 404);
  assert.match(none.text, /1 event of this customer failed, .* evt_of_none invoice\.paid ✕ dead-letter/s);
  assert.not.match((await read("/customers/cus_sample")).text, "of this customer failed");
  await served.post(failing("evt_of_sample", "cus_sample"));
  assert.match((await read("/customers/user_cus_sample")).text, /1 event of this customer failed, .* evt_of_sample /s);
});

test("let choose among several users of a customer", async () => {
  const { html, text } = await read("/customers/cus_two");
  assert.match(text, /cus_two has several users\. Which one\?/);
  assert.match(html, '<a href="/customers/two_a">two_a</a>');
  assert.match(html, '<a href="/customers/two_b">two_b</a>');
  assert.not.match(text, /Its life/);
});

test("show a status that Stripe has just invented, and a gap, as text", async () => {
  const { html, text } = await read("/customers/odd");
  assert.match(text, /&lt;b&gt;odd&lt;\/b&gt;\\u0007 – a status that this page does not know\n/);
  assert.match(text, /Order ! assumed – Another order/);
  assert.match(text, /Missing An event is missing since 2026-02-14 01:00:00 UTC \./);
  assert.match(text, /Collection paused \(void\), until it is resumed\n/);
  assert.not.match(html, "<b>odd");
});

test("say that nothing is recorded", async () => {
  for (const [id, message] of [
    ["user_none", /Nothing is recorded of user_none in/],
    ["cus_none", /No user of cus_none is recorded in/],
    ["<script>alert(1)</script>\u0007", /Nothing is recorded of &lt;script&gt;alert\(1\)&lt;\/script&gt;\\u0007 in/],
    ['a"b*', /Nothing is recorded of a&quot;b\* in/],
  ] as const) {
    const { status, html, text } = await read(`/customers/${encodeURIComponent(id)}`);
    assert.is(status, 404);
    assert.match(text, message);
    assert.not.match(html, "<script>alert");
  }
  const { status, text } = await read("/customers/evt_%22");
  assert.is(status, 500);
  assert.match(text, /The logs cannot be searched for evt_&quot;/);
});

test("show amounts of other currencies, and a subscription that an event has paused", async () => {
  const customer = "cus_usd";
  const times = { start: 1_771_000_000, end: 1_773_000_000 };
  const paused = { pause_collection: { behavior: "keep_as_draft", resumes_at: 1_772_000_000 } };
  const usd = { id: "sub_usd", customer, ...times };
  const invoice = { id: "in_usd", customer, subscription: "sub_usd", amount: 1999, created: 1_771_000_000, ...times };
  await served.post(sampleEvent("evt_usd_1", "customer.subscription.created", 1_771_000_000, sampleSubscription(usd)));
  await served.post(
    sampleEvent(
      "evt_usd_2",
      "customer.subscription.updated",
      1_771_000_100,
      sampleSubscription({ ...usd, more: paused }),
      { pause_collection: null },
    ),
  );
  const inDollars = sampleInvoice({ ...invoice, paidAt: 1_771_000_050, more: { currency: "usd" } });
  await served.post(sampleEvent("evt_usd_3", "invoice.paid", 1_771_000_050, inDollars));
  const { text } = await read(`/customers/${customer}`);
  assert.match(text, /succeeded \$19\.99 \$0\.00 \$19\.99 in_usd/);
  assert.match(text, /collection paused \(keep_as_draft\) evt_usd_2/);
  assert.match(text, /Collection paused \(keep_as_draft\), until 2026-02-25 06:13:20 UTC/);
});

// The statuses that the bars show, and the table below them.
const lifeOf = async (user: string) => {
  const { html } = await read(`/customers/${user}`);
  const bars = html.slice(html.indexOf('class="life"'), html.indexOf("</svg>"));
  const bands = [...bars.matchAll(/<title>(.*?)<\/title>/g)].map(([, title]) => title);
  return { bands, html, text: textOf(html.slice(html.indexOf("</svg>"))) };
};

test("tell the true life where the newest events came first, and at which a gap opened and closed", async () => {
  const [start, end] = [1_771_000_000, 1_773_000_000];
  const sub = { id: "sub_late", customer: "cus_late", start, end };
  const post = (key: string, seconds: number, status: string, previous?: string) =>
    served.post(
      sampleEvent(
        `evt_late_${key}`,
        `customer.subscription.${previous ? "updated" : "created"}`,
        start + seconds,
        sampleSubscription({ ...sub, status, more: { created: start } }),
        previous ? { status: previous } : undefined,
      ),
    );
  await post("created", 0, "incomplete");
  await post("unpaid", 40, "unpaid", "past_due");
  const before = await lifeOf("user_cus_late");
  assert.equal(before.bands, ["incomplete → past_due", "unpaid"]);
  assert.match(before.html, '<g class="node idle">');
  assert.match(before.text, /Dashed: what the status was is not known/);
  await post("failed", 30, "past_due", "active");
  await post("again", 20, "active", "past_due");
  await post("due", 10, "past_due", "active");
  await post("active", 10, "active", "incomplete");
  const { bands, text } = await lifeOf("user_cus_late");
  assert.equal(bands, ["incomplete", "past_due", "active", "past_due", "unpaid"]);
  assert.not.match(text, /Dashed/);
  const late = "It came late: a later event was handled before, so the row stayed as it was\\.";
  const found = indexes(text, [
    /past_due → unpaid This showed that an event was missing since .*, so the order was assumed\. evt_late_unpaid/,
    new RegExp(`active → past_due ${late} evt_late_failed`),
    new RegExp(`past_due → active ${late} evt_late_again`),
    new RegExp(`active → past_due ${late} evt_late_due`),
    new RegExp(`incomplete → active ${late} With this no event was missing any more .* evt_late_active`),
    /new, incomplete evt_late_created/,
  ]);
  assert.ok(
    found.every((index) => index >= 0),
    `${found}: ${text}`,
  );
  assert.equal(
    found,
    found.toSorted((a, b) => a - b),
  );
  assert.is(text.split("an event was missing since").length, 2);
});

test.run();
