import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Json, sampleEvent, sampleInvoice } from "../../../samples/stripe-objects.ts";
import { play } from "../../../local/play.ts";
import { redriveAll } from "../../../ops/redrive/redrive-all.ts";
import { captured } from "../../helpers/captured.ts";
import { type ServedConsole, startConsole } from "../../helpers/console.ts";
import { graphOf } from "../../helpers/stack.ts";

const test = suite("the page of an event");

const twice = { hop: "delivery" as const, kind: "twice" as const, events: ["evt_twice"] };
const thrown = {
  hop: "lambda" as const,
  kind: "throws" as const,
  events: ["evt_thrown"],
  at: "dev-homebiyori-write-payment",
};

let dev: ServedConsole;
let prod: ServedConsole;
test.before(async () => {
  dev = await startConsole({ faults: { seed: 1, faults: [twice, thrown] } });
  prod = await startConsole({ graph: graphOf("prod") });
  await play(dev.session, {}, () => false);
});
test.after(async () => {
  await Promise.all([dev.stop(), prod.stop()]);
});

const eventOf = (id: string, more: Json = {}): Json => {
  const name = id.replace(/^evt_/, "");
  const times = { created: 1, paidAt: 1, start: 1, end: 2 };
  const invoice = sampleInvoice({ id: `in_${name}`, customer: `cus_${name}`, amount: 1, ...times });
  return sampleEvent(id, "invoice.payment_succeeded", 17, { ...invoice, ...more });
};

// What the page shows, without its markup.
const textOf = (html: string): string =>
  html
    .slice(html.indexOf("<main"))
    .replaceAll(/<[^>]+>/g, " ")
    .replaceAll(/\s+/g, " ")
    .replaceAll("&#39;", "'")
    .replaceAll("&quot;", '"');

const read = async (served: ServedConsole, path: string) => {
  const { status, html } = await served.read(path);
  return { status, html, text: textOf(html) };
};

// The boxes of the first drawing, each as its lines.
const boxesOf = (html: string, reached: boolean): string[] =>
  [...(html.split("</svg>")[0] ?? "").matchAll(/<g class="node (\w+)">(.*?)<\/g>/gs)]
    .filter(([, tone]) => (tone !== "idle") === reached)
    .map(([, , box = ""]) => [...box.matchAll(/>([^<>]+)<\/text/g)].map(([, line = ""]) => line.trim()).join(" | "));

const withoutTimes = (boxes: string[]): string[] =>
  boxes.map((box) => box.replaceAll(/(, |\| )?[\d.]+ m?s$/g, "").trim());

test("draws its way: the states it went through, those it did not, the row written and what was published", async () => {
  const { status, html } = await read(dev, "/events/evt_life_04");
  assert.is(status, 200);
  assert.equal(withoutTimes(boxesOf(html, true)), [
    "bus | dev-homebiyori-stripe-webhook-bus",
    "rule | payment-succeeded-rule",
    "state machine | payment-succeeded | applied",
    "Task | ResolveCustomer | entered",
    "Choice | IsItForUs | entered",
    "Task | WritePayment | applied",
    "Choice | HasAnythingChanged | entered",
    "Task | PublishChanges | entered",
    "Task | MarkPublished | entered",
    "Succeed | Recorded | entered",
    "row written | payments INVOICE#in_life_2 SUCCEEDED",
    "published | PaymentRecorded version 1 | payment/in_life_2/SUCCEEDED",
  ]);
  assert.equal(boxesOf(html, false), [
    "Succeed | Skipped",
    "Pass | Refused",
    "Task | SendToDeadLetterQueue",
    "Fail | DeadLettered",
    "Fail | DeadLetterQueueUnreachable",
  ]);
  // The nine between these boxes, and those to the row and to the published event.
  assert.is(html.match(/class="edge taken"/g)?.length, 11);
});

test("leads from a state to what it was given, returned and logged", async () => {
  const { html } = await read(dev, "/events/evt_life_04");
  assert.match(html, 'href="#newest-WritePayment"');
  const [, section = ""] = /<section id="newest-WritePayment">(.*?)<\/section>/s.exec(html) ?? [];
  assert.match(
    textOf(`<main${section}`),
    /Input .*cus_sample.* Output .*applied.* Log 2 lines .*Received .*Payment succeeded/,
  );
});

test("shows the row as it was and is, and what of it was published", async () => {
  const { text } = await read(dev, "/events/evt_life_19");
  const [, rows = "", published = ""] = /Rows written (.*) Published (.*) States /.exec(text) ?? [];
  for (const part of [rows, published]) {
    assert.match(part, /Field Before After .*canceled_at – 1773878400 \( 2026-03-19 00:00:00 UTC \)/);
    assert.match(part, /updated_at 1772150408 \(.*?\) 1773878400/);
    assert.not.match(part.replace(/(Whole row|State after it) .*/, ""), "subscription_id");
  }
  assert.match(rows, "Ledgers and outbox");
  assert.match(published, "SubscriptionChanged subscription/user_cus_sample, version 7");
  assert.match((await read(dev, "/events/evt_life_04")).text, /payments INVOICE#in_life_2 SUCCEEDED The row is new\./);
});

test("shows the event and its envelope, the customer and the command that traces it", async () => {
  const { html, text } = await read(dev, "/events/evt_life_04");
  assert.match(text, /The event Stripe's event .*"id": "evt_life_04".* EventBridge's envelope .*"source"/);
  assert.match(html, '<a href="/customers/cus_sample">');
  assert.match(text, `npm run trace -- evt_life_04 --local ${dev.url}`);
});

test("shows each attempt, the caught error, and the execution of a redrive above the first", async () => {
  await dev.post(eventOf("evt_thrown"));
  const failed = await read(dev, "/events/evt_thrown");
  assert.match(withoutTimes(boxesOf(failed.html, true)).join("\n"), "Task | WritePayment | 4 attempts, caught ");
  assert.match(failed.text, /Attempt Began Took Error 1 .* 4 /);
  assert.match(failed.text, "No row was written.");
  assert.match(failed.html, '<a href="/dead-letters">');
  await dev.setFaults({ seed: 1, faults: [] });
  const options = { local: dev.url, dryRun: false, max: 3, rate: 1000, parked: false };
  await captured(() => redriveAll(options, new AbortController().signal));
  const { html, text } = await read(dev, "/events/evt_thrown");
  assert.match(boxesOf(html, true)[0] ?? "", "started by | a redrive");
  assert.match(text, /Outcome ✓ applied redriven .* ✕ dead-letter /);
  assert.match(text, /Earlier executions ✕ failed payment-succeeded, first /);
  assert.not.match(html, '<a href="/dead-letters">In');
});

test("says that some may be published where the bus took it and failed, until a redrive has put it again", async () => {
  for (const [served, id] of [
    [dev, "evt_bus_dev"],
    [prod, "evt_bus_prod"],
  ] as const) {
    await served.setFaults({ seed: 1, faults: [{ hop: "publish", kind: "fails-after-put", events: [id] }] });
    await served.post(eventOf(id));
    const failed = await read(served, `/events/${id}`);
    assert.match(failed.text, "Published Putting the changes on the bus failed, so that some of them may be there.");
    await served.setFaults({ seed: 1, faults: [] });
    const options = { local: served.url, dryRun: false, max: 3, rate: 1000, parked: false };
    await captured(() => redriveAll(options, new AbortController().signal));
    const { text } = await read(served, `/events/${id}`);
    assert.match(text, "Published PaymentRecorded payment/");
    assert.not.match(text, "Putting the changes on the bus failed");
  }
});

test("shows both executions of an event that was delivered twice, and what it published once", async () => {
  await dev.setFaults({ seed: 1, faults: [twice] });
  await dev.post(eventOf("evt_twice"));
  const { html, text } = await read(dev, "/events/evt_twice");
  assert.is(html.match(/<svg/g)?.length, 2);
  assert.match(text, "Earlier executions");
  assert.is(text.match(/payment\/in_twice\/SUCCEEDED, version 1/g)?.length, 1);
});

test("shows where the state machine's log has no execution data which rows were written, and what for the data", async () => {
  await prod.post(eventOf("evt_prod", { customer_name: "Ada Lovelace" }));
  const { text, html } = await read(prod, "/events/evt_prod");
  assert.match(text, "Input and output are not in the state machine's log");
  assert.match(text, /The event The state machine's log does not have it/);
  assert.match(text, "PaymentRecorded payment/in_prod/SUCCEEDED, version 1");
  assert.not.match(html, "Lovelace");
});

test("says of an event that matches no rule, is too large, is in the background or unknown, why there is no execution", async () => {
  await dev.post({ id: "evt_unmatched", type: "coupon.created" });
  await dev.post(eventOf("evt_large", { description: "x".repeat(1_000_000) }));
  for (const [path, status, message] of [
    ["evt_unmatched", 200, "No rule matches its type"],
    ["evt_large", 200, "INVALID_PARAMETER"],
    ["sub_sample", 200, "It ran in the background"],
    ["evt_unknown", 404, "have logged nothing of it since"],
    ["evt_life_04?since=2099-01-01", 200, "have logged nothing of it since 2099-01-01"],
    ["evt_life_04?since=soon", 400, "?since=soon: expected a time such as"],
    // In a filter pattern it would stand for any event.
    ["*", 404, "The logs are not searched for it"],
    ["%E0%A4%A", 404, "The logs are not searched for it"],
  ] as const) {
    const page = await read(dev, `/events/${path}`);
    assert.is(page.status, status, path);
    assert.match(page.text, message);
  }
});

test("shows HTML and control characters of an event as text, and cuts what is very long", async () => {
  const id = 'evt_"><img src=x onerror=alert(1)>\u0007/';
  await dev.post({ ...eventOf(id, { customer: "cus_<b>" }), type: "<script>" });
  await dev.post(eventOf("evt_odd", { description: "<script>alert(1)</script>\u001b[31m", customer_name: "a\u202eb" }));
  await dev.post(eventOf("evt_long", { description: `x${"y".repeat(210_000)}z` }));
  const page = await read(dev, `/events/${encodeURIComponent(id)}`);
  assert.is(page.status, 200);
  assert.match(page.html, "evt_&quot;&gt;&lt;img src=x onerror=alert(1)&gt;\\u0007/");
  const odd = await read(dev, "/events/evt_odd");
  assert.match(odd.html, "&lt;script&gt;alert(1)&lt;/script&gt;\\u001b[31m");
  for (const { html } of [page, odd]) assert.not.match(html, /<img|<script>|[^\P{Cc}\n]|\u202e/u);
  const long = await read(dev, "/events/evt_long");
  assert.match(long.text, "Only the first 200.0 thousand characters are shown.");
  assert.not.match(long.html, "yz");
});

test("is where the search box leads for an event, and a customer's page for all else", async () => {
  for (const [id, address] of [
    [" evt_1/ ", "/events/evt_1%2F"],
    ["cus_1", "/customers/cus_1"],
    ["a user", "/customers/a%20user"],
    [" ", "/"],
  ] as const) {
    const response = await fetch(`${dev.url}/find?id=${encodeURIComponent(id)}`, { redirect: "manual" });
    assert.equal([response.status, response.headers.get("location")], [302, address]);
  }
});

test.run();
