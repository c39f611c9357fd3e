import { suite } from "uvu";
import * as assert from "uvu/assert";
import { handle } from "../../../lambdas/runtime/handle.ts";
import { CustomerNotFound } from "../../../lambdas/runtime/errors.ts";
import type { Log } from "../../../lambdas/runtime/log.ts";
import { sampleEvent } from "../../../samples/stripe-objects.ts";
import { onTheBus, sampleExecution, taskInput } from "../../events/envelope.ts";
import { captured } from "../../helpers/captured.ts";
import { rejects } from "../../helpers/rejects.ts";

const test = suite("how a Lambda handles what a state gives it");

const event = onTheBus(sampleEvent("evt_handled", "invoice.paid", 17, {}));
const ids = { eventId: "evt_handled", execution: sampleExecution };

const handled = (input: unknown, run: (event: unknown, log: Log) => Promise<unknown>) =>
  captured(() => handle(input, run).catch((error: unknown) => error));

test("gives the logic the event, and answers with what it answers", async () => {
  const { result } = await handled(taskInput(event), async (given) => ({ given }));
  assert.equal(result, { given: event });
});

test("logs what has come, before anything is done, and whatever the logic logs, by the event and the execution", async () => {
  const { logs } = await handled(taskInput(event), async (_, log) => log.info("Done", { outcome: "applied" }));
  assert.equal(logs, [
    { message: "Received", ...ids, type: "invoice.paid", created: 17, customerId: null },
    { message: "Done", ...ids, outcome: "applied" },
  ]);
});

test("logs the customer whom the event's object names by an id, or as an expanded object, and no other", async () => {
  for (const [customer, customerId] of [
    ["cus_1", "cus_1"],
    [{ id: "cus_1", name: "A B" }, "cus_1"],
    [{ name: "A B" }, null],
    [null, null],
    [17, null],
    ["", null],
  ] as const) {
    const given = onTheBus(sampleEvent("evt_handled", "invoice.paid", 17, { customer }));
    const { logs } = await handled(taskInput(given), async () => null);
    assert.equal(logs, [{ message: "Received", ...ids, type: "invoice.paid", created: 17, customerId }]);
  }
});

test("logs what the logic throws by the event too, and throws it on", async () => {
  const error = new CustomerNotFound("No user is known");
  const { logs, result } = await handled(taskInput(event), () => Promise.reject(error));
  assert.is(result, error);
  assert.equal(logs.at(-1), { message: "Failed", ...ids, error: "CustomerNotFound", reason: "No user is known" });
});

test("logs nothing of an event whose ids are none", async () => {
  const { logs } = await handled(
    taskInput({ detail: { id: { name: "A B" }, type: 1, created: "A B" } }),
    async () => null,
  );
  assert.equal(logs, [
    { message: "Received", eventId: null, execution: sampleExecution, type: null, created: null, customerId: null },
  ]);
});

test("throws InvalidEvent for what no state gives", async () => {
  const error = await rejects(handle(event, async () => null));
  assert.is(error.name, "InvalidEvent");
});

test.run();
