import { suite } from "uvu";
import * as assert from "uvu/assert";
import { makeEventList } from "../../console/events/event-list.ts";
import { makeConsole } from "../../console/console.ts";
import { stackOf } from "../../ops/command/stack.ts";
import { localTarget } from "../../ops/command/target.ts";
import { versionBeforeBasil } from "../../samples/before-basil.ts";
import { sampleTypes } from "../../samples/events.ts";
import { type ServedConsole, startConsole } from "../helpers/console.ts";

const test = suite("the page on which things are tried");

let served: ServedConsole;
test.before(async () => {
  served = await startConsole();
});
test.after(() => served.stop());

const post = async (path: string, form: Record<string, string>) => {
  const body = new URLSearchParams(form);
  const response = await fetch(new URL(path, served.url), { method: "POST", body, redirect: "manual" });
  return { status: response.status, html: await response.text(), location: response.headers.get("location") };
};

const page = async (): Promise<string> => (await served.read("/try")).html;

// The page once all that was sent is handled.
const settled = async (): Promise<string> => {
  for (;;) {
    const html = await page();
    if (!html.includes("data-refresh")) return html;
    await served.executions.idle();
  }
};

// What became of what was sent last, as the page says it.
const outcomesOf = async (form: Record<string, string>): Promise<string[]> => {
  const { status, html, location } = await post("/try/send", form);
  assert.equal([status, location], [303, "/try#send"], html);
  const [, row = ""] = /<tbody[^>]*>\s*<tr[^>]*>(.*?)<\/tr>/s.exec(await settled()) ?? [];
  return [...row.matchAll(/<\/span>\s*([a-z -]+)<\/span\s*>/g)].map(([, word = ""]) => word);
};

test("sends an event of each type, in today's shape and in that before Basil", async () => {
  for (const version of ["newest", versionBeforeBasil]) {
    for (const type of sampleTypes) {
      const form = { type, version, manner: "once", name: `each_${version.slice(0, 4)}`.replaceAll("-", "_") };
      if (type === "invoice_payment.paid" && version !== "newest") {
        const { status, html } = await post("/try/send", form);
        assert.is(status, 400);
        assert.match(html, /role="alert">Stripe sent no invoice_payment.paid before/);
        continue;
      }
      const [outcome = "", ...others] = await outcomesOf(form);
      assert.ok(["applied", "duplicate"].includes(outcome), `${type} ${version}: ${outcome}`);
      assert.equal(others, []);
    }
  }
});

test("sends an event twice, and a month out of order", async () => {
  const type = "invoice.paid";
  assert.equal(await outcomesOf({ type, manner: "twice", name: "double" }), ["applied", "duplicate"]);
  const outcomes = await outcomesOf({ type, manner: "month", name: "month" });
  assert.is(outcomes.length, sampleTypes.length);
  for (const outcome of outcomes) assert.ok(["applied", "duplicate", "stale"].includes(outcome), outcome);
  const { core } = await served.dump();
  const subscription = core.find(({ PK, SK }) => PK === "USER#user_month" && SK === "SUBSCRIPTION");
  assert.is(subscription?.["status"], "canceled");
});

test("sends malformed events, and shows what they say as text", async () => {
  const type = "invoice.paid";
  for (const [manner, outcome] of [
    ["no-id", "not an event"],
    ["list", "not an event"],
    ["null-object", "dead-letter"],
    ["text-object", "dead-letter"],
    ["large", "dead-letter"],
    ["hostile", "dead-letter"],
  ] as const)
    assert.equal(await outcomesOf({ type, manner, name: "bad" }), [outcome], manner);
  const html = await page();
  assert.match(html, "&lt;script&gt;alert(1)&lt;/script&gt;&lt;b&gt;&amp;amp;\\u001b[2J");
  assert.not.match(html, "<script>alert");
});

test("keeps what was sent last, and refuses what it cannot make", async () => {
  for (let count = 0; count < 21; count += 1) await post("/try/send", { type: "invoice.paid", manner: "no-id" });
  assert.is((await page()).match(/<th scope="row">/g)?.length, 20);
  const good = { type: "invoice.paid", manner: "once", version: "newest" };
  for (const [bad, message] of [
    [{ type: "<b>.paid" }, "There is no sample of the type &lt;b&gt;.paid"],
    [{ manner: "constructor" }, "There is no way to send an event by the name constructor"],
    [{ version: "1999-01-01" }, "There are no samples of the API version 1999-01-01"],
    [{ name: "a b" }, "expected up to 40 letters, digits and _"],
  ] as const) {
    const { status, html } = await post("/try/send", { ...good, ...bad });
    assert.is(status, 400, message);
    assert.match(html, `<p class="problem" role="alert">${message}</p>`);
  }
  assert.is((await post("/try/send", { ...good, name: "x".repeat(70_000) })).status, 413);
});

test("turns a fault on and off, and says what is wrong with one", async () => {
  const event = { type: "invoice.paid", manner: "once", name: "faulty" };
  const fault = { fault: "lambda throws", at: "dev-homebiyori-write-payment" };
  assert.is((await post("/try/faults", fault)).status, 303);
  await post("/try/faults", { fault: "delivery twice", event: "evt_1" });
  const html = await page();
  assert.match(html, /throws<\/td>\s*<td>dev-homebiyori-write-payment<\/td>\s*<td>at 100 % of the chances/);
  assert.match(html, /twice<\/td>\s*<td>everywhere<\/td>\s*<td>evt_1/);
  assert.equal(await outcomesOf(event), ["dead-letter"]);

  await post("/try/faults/off", { number: "1" });
  assert.not.match(await page(), "throws</td>");
  assert.match(await page(), "twice</td>");
  assert.equal(await outcomesOf(event), ["applied"]);
  await post("/try/faults/off", {});
  assert.match(await page(), "No fault is on.");

  for (const [bad, message] of [
    [{ probability: "2" }, "The faults: faults.0.probability is 2; expected a number less than or equal to 1"],
    [{ at: "<i>" }, "The faults: faults.0: there is no &lt;i&gt; at lambda; there are"],
    [{ fault: "lambda melts" }, "The faults: faults.0.kind is &quot;melts&quot;; expected a fault that lambda has"],
  ] as const) {
    const refused = await post("/try/faults", { ...fault, ...bad });
    assert.is(refused.status, 400);
    assert.match(refused.html, `role="alert">${message}`);
    assert.match(refused.html, "No fault is on.");
  }
});

test("starts a reconciliation, and shows how it goes and what differs", async () => {
  const { location, status } = await post("/try/reconcile", { mode: "compare", only: "cus_month" });
  assert.equal([status, location], [303, "/try#reconcile"]);
  const html = await settled();
  assert.match(html, /✓<\/span> reconciled<\/span/);
  assert.match(html, /<p>\d+ objects compared in \d+ pages?: .* would be healed/);
  for (const [bad, message] of [
    [{ only: "in_1" }, "in_1 is neither a subscription, sub_…, nor a customer, cus_…"],
    [{ since: "long" }, "expected a time such as 90m"],
  ] as const) {
    const refused = await post("/try/reconcile", bad);
    assert.is(refused.status, 400);
    assert.match(refused.html, message);
  }
});

test("changes nothing where it may only read, and has no samples or faults on a deployed stack", async () => {
  const args = {
    target: localTarget(served.url, stackOf(served.outputs, served.url)),
    targetText: "--stack dev",
    graph: served.graph,
    events: makeEventList(),
    now: () => Date.now(),
    ending: new AbortController().signal,
  };
  const reading = makeConsole({ ...args, canWrite: false });
  const html = await (await reading.request("/try")).text();
  assert.match(html, "Sample events and faults are for the laptop: <code>npm start</code>");
  assert.match(html, "Start it with <code>--write</code>");
  assert.not.match(html, 'method="post"');
  const refused = await reading.request("/try/reconcile", { method: "POST" });
  assert.is(refused.status, 403);
  assert.match(await refused.text(), "This console only reads.");

  const writing = makeConsole({ ...args, canWrite: true });
  assert.match(await (await writing.request("/try")).text(), 'action="/try/reconcile"');
  assert.is((await writing.request("/try/send", { method: "POST" })).status, 404);
});

test.run();
