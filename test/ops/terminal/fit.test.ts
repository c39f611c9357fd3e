import { stripVTControlCharacters } from "node:util";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { redriveAll } from "../../../ops/redrive/redrive-all.ts";
import { replayRule } from "../../../ops/replay/replay-rule.ts";
import { showRecords } from "../../../ops/show/show-records.ts";
import { smokeTest } from "../../../ops/smoke/smoke-test.ts";
import { wrapText } from "../../../ops/terminal/fit.ts";
import { traceEvent } from "../../../ops/trace/trace-event.ts";
import { triggerEvent } from "../../../ops/trigger/trigger-event.ts";
import { life } from "../../../samples/one-life.ts";
import { sampleEvent, sampleInvoice } from "../../../samples/stripe-objects.ts";
import { captured } from "../../helpers/captured.ts";
import { graphWithout } from "../../helpers/graph-without.ts";
import { type Serving, startServing } from "../../helpers/serving.ts";
import { onTerminal } from "../../helpers/terminal.ts";

const test = suite("what a command prints on a terminal");

const failing = "evt_1QAbCdEfGhIjKlMnOpQrStUv";
const { signal } = new AbortController();

let serving: Serving;
let denied: Serving;
test.before(async () => {
  serving = await startServing();
  denied = await startServing({ graph: graphWithout("write-payment", "dynamodb:UpdateItem") });
  const events = life().flatMap((stage) => stage.events);
  await serving.addPlaceholderUsers(events.map((event) => serving.envelope(event)));
  for (const event of events) await serving.handle(event);
  const invoice = sampleInvoice({
    id: "in_1QAbCdEfGhIjKlMnOpQrStUv",
    customer: "cus_1",
    amount: 1,
    created: 1,
    start: 1,
    end: 2,
  });
  await serving.handle(sampleEvent(failing, "invoice.payment_failed", 1, invoice));
});
test.after(async () => {
  await Promise.all([serving.stop(), denied.stop()]);
});

const commands: [string, (local: { local: string }) => Promise<number>, number][] = [
  ["trace", (local) => traceEvent(failing, { ...local, since: new Date(0) }), 0],
  ["trace of an event that was handled", (local) => traceEvent("evt_life_07", { ...local, since: new Date(0) }), 0],
  ["trace of nothing", (local) => traceEvent("evt_none", { ...local, since: new Date(0) }), 1],
  ["show", (local) => showRecords("cus_sample", { ...local, limit: 20, since: new Date(0) }), 0],
  ["show of nothing", (local) => showRecords("evt_none", { ...local, limit: 20, since: new Date(0) }), 1],
  ["smoke", (local) => smokeTest(local, signal), 0],
  ["smoke that fails", () => smokeTest({ local: denied.url }, signal), 1],
  [
    "replay --dry-run",
    (local) => {
      const window = { from: new Date(0), to: new Date() };
      return replayRule({ ...local, ...window, rule: "subscription-updated-rule", dryRun: true }, signal);
    },
    0,
  ],
  [
    "trigger that fails",
    ({ local }) =>
      triggerEvent("invoice.paid", { to: { local }, set: [{ path: "data.object.amount_paid", value: -1 }] }),
    1,
  ],
  ["redrive", (local) => redriveAll({ ...local, max: 3, rate: 1000 }, signal), 1],
  ["redrive of nothing", (local) => redriveAll({ ...local, error: ["Typo"], max: 3, rate: 1000 }, signal), 2],
];

for (const [name, run, exitCode] of commands) {
  test(`fits 80 columns: ${name}`, async () => {
    const { logs, result } = await captured(() => onTerminal(() => run({ local: serving.url })));
    const lines = stripVTControlCharacters(logs.join("\n")).split("\n");
    assert.is(result, exitCode, lines.join("\n"));
    assert.equal(
      lines.filter(({ length }) => length > 80),
      [],
    );
  });
}

test("shows every column of a row, though they do not fit side by side", async () => {
  const options = { local: serving.url, limit: 20, since: new Date(0) };
  const { logs } = await captured(() => onTerminal(() => showRecords("cus_sample", options)));
  const text = stripVTControlCharacters(`${logs[0]}`);
  for (const column of ["subscription_id", "order", "gap_since", "updated_at", "payment_id", "attempt_count"])
    assert.match(text, column);
  assert.not.match(text, "…");
});

test("has a command broken as a shell takes it", async () => {
  const { logs } = await captured(() =>
    onTerminal(() => traceEvent(failing, { local: serving.url, since: new Date(0) })),
  );
  const [, command = ""] = stripVTControlCharacters(`${logs[0]}`).split("queue?\n  ");
  assert.is(
    command.replaceAll(/ \\\n +/g, " "),
    `npm run redrive -- --dry-run --local ${serving.url} --event ${failing}`,
  );
  assert.match(command, "\\\n");
});

test("has a word that is too long broken, but not its colour", async () => {
  const word = `\u001b[31m${"x".repeat(100)}\u001b[39m`;
  const wrapped = await onTerminal(() => wrapText(`a ${word} b`, 2));
  const lines = stripVTControlCharacters(wrapped).split("\n");
  assert.equal(lines.map((line) => line.trim()).join(""), `a${"x".repeat(100)} b`);
  assert.ok(lines.every(({ length }) => length <= 80));
  assert.match(wrapped, "\u001b[31m");
  assert.match(wrapped, "\u001b[39m");
});

test.run();
