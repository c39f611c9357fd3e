import { suite } from "uvu";
import * as assert from "uvu/assert";
import { makeConsole } from "../../../console/console.ts";
import { makeEventList } from "../../../console/events/event-list.ts";
import { deadLettersPage } from "../../../console/dead-letters/queue-parts.ts";
import { stackOf } from "../../../ops/command/stack.ts";
import { localTarget } from "../../../ops/command/target.ts";
import { toEnvelope } from "../../../local/stripe-envelope.ts";
import { sampleEvent, sampleInvoice } from "../../../samples/stripe-objects.ts";
import { type ServedConsole, startConsole } from "../../helpers/console.ts";
import { textOf } from "../../helpers/page-text.ts";

const test = suite("the page of dead letters");

let served: ServedConsole;
test.before(async () => {
  served = await startConsole();
});
test.before.each(() => {
  for (const queue of served.queues.all) queue.messages.length = 0;
});
test.after(() => served.stop());

const queueOf = (name: "deadLetterQueue" | "parkedQueue") => {
  const { arn } = stackOf(served.outputs, served.url)[name];
  const queue = served.queues.all.find((one) => one.arn === arn);
  assert.ok(queue);
  return queue;
};

const paid = (id: string, more: object = {}) => {
  const times = { created: 1, paidAt: 1, start: 1, end: 2 };
  const invoice = sampleInvoice({ id: `in_${id}`, customer: `cus_${id}`, amount: 1, ...times });
  return toEnvelope(sampleEvent(`evt_${id}`, "invoice.paid", 1, { ...invoice, ...more }), served.session.arrival);
};

// An event whose customer has no user, until the returned function is called; and the message that it has left.
const failed = async (id: string, more: object = {}) => {
  const event = paid(id, more);
  await served.take(event);
  const message = `${queueOf("deadLetterQueue").messages.at(-1)?.messageId}`;
  return { message, mend: () => served.addPlaceholderUsers([event]) };
};

const invalid = async (id: string) => {
  const event = paid(id, { amount_paid: -1 });
  await served.addPlaceholderUsers([event]);
  await served.take(event);
};

const read = async (path = "/dead-letters") => {
  const { status, html } = await served.read(path);
  return { status, html, text: textOf(html) };
};

const post = async (path: string, fields: Record<string, string>, headers: Record<string, string> = {}) => {
  const body = new URLSearchParams(fields);
  const response = await fetch(new URL(`/dead-letters/${path}`, served.url), {
    method: "POST",
    body,
    headers,
    redirect: "manual",
  });
  return { status: response.status, location: `${response.headers.get("location")}`, text: await response.text() };
};

// What a run says once it is done.
const done = async ({ status, location }: { status: number; location: string }) => {
  assert.is(status, 303);
  for (;;) {
    const { html, text } = await read(location);
    if (!html.includes('data-refresh="1"')) return text;
    assert.match(text, /… running Started/);
  }
};

const isAllVisible = () => served.queues.all.every((queue) => queue.inFlight(Date.now() + 3_600_000) === 0);

test("lists both queues by machine and error, and leaves every message visible", async () => {
  await failed("one");
  await failed("two");
  await invalid("three");
  queueOf("parkedQueue").send("no <b>JSON</b>", 1000);
  const { status, text } = await read();
  assert.is(status, 200);
  assert.match(text, /The dead-letter queue: 3\n/);
  assert.match(
    text,
    /invoice-paid CustomerNotFound 2 20.* Redrive these 2… .*\n Yes, redrive 2 dead letters of invoice-paid with CustomerNotFound/,
  );
  assert.match(text, /invoice-paid InvalidEvent 1 20/);
  assert.match(
    text,
    /evt_three invoice.paid InvalidEvent .*\n evt_two invoice.paid CustomerNotFound No user is known .* 0 Show/,
  );
  assert.match(text, /The parking-lot queue: 1\n/);
  assert.match(text, /its body of 14 characters is not JSON Show/);
  assert.ok(isAllVisible());
});

test("lists the newest 200", async () => {
  const { message } = await failed("first");
  const queue = queueOf("deadLetterQueue");
  const body = `${queue.messages[0]?.body}`;
  for (let n = 1; n <= 220; n += 1) queue.send(body.replaceAll("evt_first", `evt_n${n}`), 2_000_000_000_000 + n);
  const { text, html } = await read();
  assert.match(text, /The dead-letter queue: 221\n/);
  assert.match(text, /invoice-paid CustomerNotFound 221 /);
  assert.match(text, /21 older ones are not listed\./);
  assert.match(html, "/events/evt_n220");
  assert.not.match(html, message);
  assert.ok(isAllVisible());
});

test("shows the body of a message on request, as text", async () => {
  const { message } = await failed("body", { description: "<img src=x>\u0007" });
  assert.not.match((await read()).text, /src=x/);
  const { html, text } = await read(`/dead-letters?show=${message}`);
  assert.match(text, /&quot;description&quot;: &quot;&lt;img src=x&gt;\\u0007&quot;/);
  assert.not.match(html, "<img");
  queueOf("deadLetterQueue").send("<b>no JSON</b>", 1000);
  const other = `${queueOf("deadLetterQueue").messages[1]?.messageId}`;
  assert.match((await read(`/dead-letters?show=${other}`)).text, /&lt;b&gt;no JSON&lt;\/b&gt;/);
});

test("redrives one dead letter, and shows the result", async () => {
  const { message, mend } = await failed("mended");
  await failed("other");
  await mend();
  const text = await done(await post("redrive", { queue: "dead", message }));
  assert.match(text, /✓ done Started .* 1 of 1: 1 redriven, 0 failed again, 0 parked, 0 left/);
  assert.match(text, /evt_mended invoice-paid ✓ redriven/);
  assert.match(queueOf("deadLetterQueue").messages[0]?.body ?? "", "evt_other");
  assert.is(queueOf("deadLetterQueue").messages.length, 1);
  assert.ok(isAllVisible());
  assert.match((await read()).text, `Redrive message ${message}`);
});

test("redrives by type and error, and all, and says what failed again", async () => {
  await (await failed("good")).mend();
  await failed("bad");
  await invalid("invalid");
  const some = await done(await post("redrive", { queue: "dead", type: "invoice.paid", error: "CustomerNotFound" }));
  assert.match(some, /Redrive all dead letters of invoice.paid with CustomerNotFound/);
  assert.match(some, /2 of 2: 1 redriven, 1 failed again, 0 parked, 0 left/);
  assert.match(some, /evt_bad invoice-paid ✕ failed again CustomerNotFound; it is in the dead-letter queue again/);
  const all = await done(await post("redrive", { queue: "dead", all: "yes" }));
  assert.match(all, /2 of 2: 0 redriven, 2 failed again/);
  assert.match((await read()).text, /evt_bad invoice.paid CustomerNotFound No user .* 2 Show/);
});

test("parks a message, which can be redriven from the parking lot", async () => {
  const { message, mend } = await failed("parked");
  const text = await done(await post("park", { message }));
  assert.match(text, /evt_parked invoice-paid ! parked/);
  assert.equal([queueOf("deadLetterQueue").messages.length, queueOf("parkedQueue").messages.length], [0, 1]);
  await mend();
  const again = await done(await post("redrive", { queue: "parked", all: "yes" }));
  assert.match(again, /of the parking lot.*\n.*1 redriven/s);
  assert.is(queueOf("parkedQueue").messages.length, 0);
});

test("parks what cannot be read, and says that a message is gone", async () => {
  queueOf("deadLetterQueue").send("no JSON", 1000);
  const message = `${queueOf("deadLetterQueue").messages[0]?.messageId}`;
  assert.match(await done(await post("park", { message })), new RegExp(`message ${message} ! parked`));
  assert.match(await done(await post("park", { message })), /No dead letter that was meant is in the queue any more/);
  assert.match(await done(await post("redrive", { message: "<b>" })), /No dead letter that was meant/);
});

test("refuses what it cannot read, and another site's page", async () => {
  const { status, text } = await post("park", {});
  assert.is(status, 400);
  assert.match(text, "names no message to park");
  assert.is((await post("redrive", { queue: "x".repeat(100_000) })).status, 413);
  assert.is((await post("redrive", {}, { origin: "http://evil.example" })).status, 403);
  const missing = await read("/dead-letters/runs/9999");
  assert.is(missing.status, 404);
  assert.match(missing.text, "There is no run 9999");
});

test("changes nothing in a console that only reads, and says how to allow it", async () => {
  const { message } = await failed("only_read");
  const { url, outputs, graph } = served;
  const target = localTarget(url, stackOf(outputs, url));
  const events = makeEventList();
  const ending = new AbortController().signal;
  const args = { target, targetText: "--local", graph, events, now: Date.now, canWrite: false, ending };
  const app = makeConsole(args);
  const list = await (await app.request("/dead-letters")).text();
  assert.match(list, "evt_only_read");
  assert.match(list, "--write");
  assert.not.match(list, "<button>Redrive");
  assert.not.match(list, 'method="post"');
  for (const path of ["redrive", "park"]) {
    const answer = await app.request(`/dead-letters/${path}`, {
      method: "POST",
      body: new URLSearchParams({ message }),
    });
    assert.is(answer.status, 403);
    assert.match(await answer.text(), "This console only reads: start it with --write");
  }
  assert.is(queueOf("deadLetterQueue").messages.length, 1);
});

test("starts no run while another goes on", async () => {
  const answers = await Promise.all([1, 2].map(() => post("redrive", { all: "yes" })));
  const [started, refused] = answers.toSorted((a, b) => a.status - b.status);
  assert.is(refused?.status, 409);
  assert.match(`${refused?.text}`, `Another run goes on (${started?.location}): wait for its end`);
  await done({ status: 0, location: "", ...started });
});

test("does not list the queues while a run goes on", async () => {
  const progress = { total: null, results: [], remarks: [] };
  const run = { number: 7, title: "Redrive all", at: 0, isDone: false, problem: null, ...progress };
  const html = String(
    await deadLettersPage({ queues: null, runs: [run], shownMessage: undefined, canWrite: true, showCommand: null }),
  );
  assert.match(textOf(html), /A redrive goes on; the queues are listed once it has ended/);
  assert.match(html, '<a href="/dead-letters/runs/7">');
});

test.run();
