import { stripVTControlCharacters } from "node:util";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Graph } from "../../../emulator/graph/graph.ts";
import { redriveAll } from "../../../ops/redrive/redrive-all.ts";
import { replayRule } from "../../../ops/replay/replay-rule.ts";
import { showRecords } from "../../../ops/show/show-records.ts";
import { smokeTest } from "../../../ops/smoke/smoke-test.ts";
import { traceEvent } from "../../../ops/trace/trace-event.ts";
import { triggerEvent } from "../../../ops/trigger/trigger-event.ts";
import { sampleEvent, sampleInvoice, sampleSubscription } from "../../../samples/stripe-objects.ts";
import { captured } from "../../helpers/captured.ts";
import { type Serving, startServing } from "../../helpers/serving.ts";
import { graphOf } from "../../helpers/stack.ts";

const test = suite("no event writes to a terminal");

// Clears the screen; begins a C1 sequence; rings the bell; reverses what follows.
const hostile = "\u001b[2J\u009b31m\u0007\u202e";
const escaped = "\\u001b[2J\\u009b31m\\u0007\\u202e";

const id = `evt_evil${hostile}`;
const user = `user${hostile}`;
const { signal } = new AbortController();

// The dev stack, whose machine for invoice.paid fails with such an error.
const hostileGraph = async (): Promise<Graph> => {
  const graph = await graphOf("dev");
  const resources = graph.resources.map((resource) => {
    if (resource.name !== "invoice-paid" || !resource.type.endsWith(":StateMachine")) return resource;
    const definition = JSON.parse(`${resource.inputs["definition"]}`);
    definition.States.IsItForUs = { Type: "Fail", Error: `E${hostile}`, Cause: `cause${hostile}` };
    return { ...resource, inputs: { ...resource.inputs, definition: JSON.stringify(definition) } };
  });
  return { ...graph, resources };
};

let serving: Serving;
test.before(async () => {
  serving = await startServing({ graph: hostileGraph() });
  const times = { created: 1, paidAt: 1, start: 1, end: 2 };
  const invoice = sampleInvoice({ id: "in_1", customer: "cus_1", amount: 1, ...times });
  const paid = sampleEvent("evt_paid", "invoice.paid", 1, invoice);
  await serving.addPlaceholderUsers([serving.envelope(paid)]);
  await serving.handle(paid);
  const metadata = { user_id: user };
  const subscription = sampleSubscription({ start: 1, end: 2, more: { metadata } });
  await serving.handle(sampleEvent("evt_subscription", "customer.subscription.created", 1, subscription));
});
test.after(() => serving.stop());

const commands: [string, number, string[], (local: { local: string }) => Promise<number>][] = [
  [
    "trace",
    0,
    ["evt_paid", `E${hostile}: cause${hostile}`],
    (local) => traceEvent("evt_paid", { ...local, since: new Date(0) }),
  ],
  ["trace --json", 1, [id], (local) => traceEvent(id, { ...local, since: new Date(0), json: true })],
  ["trace of nothing", 1, [`${id}_not`], (local) => traceEvent(`${id}_not`, { ...local, since: new Date(0) })],
  ["show", 0, [user], (local) => showRecords(user, { ...local, limit: 20, since: new Date(0) })],
  ["show --json", 0, [user], (local) => showRecords(user, { ...local, limit: 20, since: new Date(0), json: true })],
  [
    "show of nothing",
    1,
    [`${user}_not`],
    (local) => showRecords(`${user}_not`, { ...local, limit: 20, since: new Date(0) }),
  ],
  ["smoke", 1, [`E${hostile}: cause${hostile}`], (local) => smokeTest(local, signal)],
  [
    "replay",
    1,
    [`FAILED: reason${hostile}`],
    async (local) => {
      const { all } = serving.replays;
      const get = all.get.bind(all);
      Object.assign(all, { get: (name: string) => ({ ...get(name), state: "FAILED", reason: `reason${hostile}` }) });
      const window = { from: new Date(0), to: new Date(1000) };
      try {
        return await replayRule({ ...local, ...window, rule: "invoice-paid-rule" }, signal);
      } finally {
        Reflect.deleteProperty(all, "get");
      }
    },
  ],
  [
    "trigger",
    0,
    [id, `invoice.paid${hostile}`],
    ({ local }) => {
      const set = [
        { path: "id", value: id },
        { path: "type", value: `invoice.paid${hostile}` },
      ];
      return triggerEvent("invoice.paid", { to: { local }, set });
    },
  ],
  [
    "trigger that fails",
    1,
    [id],
    ({ local }) => triggerEvent("invoice.paid", { to: { local }, set: [{ path: "id", value: id }] }),
  ],
  [
    "trigger --print",
    0,
    [id],
    () => triggerEvent("invoice.paid", { to: {}, set: [{ path: "id", value: id }], print: true }),
  ],
  [
    "redrive",
    2,
    [`E${hostile}`],
    (local) => redriveAll({ ...local, error: [`E${hostile}`], max: 3, rate: 1000 }, signal),
  ],
];

for (const [name, exitCode, shown, run] of commands) {
  test(name, async () => {
    const { logs, result } = await captured(() => run({ local: serving.url }));
    const printed = logs.join("\n");
    assert.is(result, exitCode, printed);
    // Line feeds and colours are the command's own.
    assert.not.match(printed.replaceAll(/\n|.\[\d+m/g, ""), /[\p{Cc}\u202e]/u);
    for (const text of shown)
      assert.ok(stripVTControlCharacters(printed).includes(text.replaceAll(hostile, escaped)), printed);
  });
}

test.run();
