import { StartSyncExecutionCommand } from "@aws-sdk/client-sfn";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { sampleEvent, sampleInvoice } from "../../../samples/stripe-objects.ts";
import { rejects } from "../../helpers/rejects.ts";
import { type Serving, startServing } from "../../helpers/serving.ts";

const test = suite("Step Functions' calls, by the real SDK");

let serving: Serving;
test.before(async () => {
  serving = await startServing();
});
test.after(() => serving.stop());

const paid = (id: string, more = {}) => {
  const invoice = sampleInvoice({
    id: `in_${id}`,
    customer: `cus_${id}`,
    amount: 1,
    created: 1,
    paidAt: 1,
    start: 1,
    end: 2,
  });
  return serving.envelope(sampleEvent(`evt_${id}`, "invoice.payment_succeeded", 1, { ...invoice, ...more }));
};

const start = (input: string, more: object = {}) => {
  const stateMachineArn = serving.stack.stateMachines["payment-succeeded"];
  return serving.sfn.send(new StartSyncExecutionCommand({ stateMachineArn, name: "run-1", input, ...more }));
};

const nameless = { name: undefined };

test("runs a state machine to its end, and answers with its output", async () => {
  const event = paid("ran");
  await serving.addPlaceholderUsers([event]);
  const { status, output, executionArn, startDate } = await start(JSON.stringify(event));
  assert.is(status, "SUCCEEDED");
  const { publish, ...result } = JSON.parse(`${output}`);
  assert.equal(result, { outcome: "applied", written: ["payments INVOICE#in_ran SUCCEEDED"] });
  assert.equal([publish.next, publish.marks.length], ["entries", 1]);
  assert.match(`${executionArn}`, ":express:dev-homebiyori-payment-succeeded:run-1");
  assert.instance(startDate, Date);
});

test("gives an execution a name of its own where the caller gives none, as Step Functions does", async () => {
  const event = paid("nameless");
  await serving.addPlaceholderUsers([event]);
  const [first, second] = [await start(JSON.stringify(event), nameless), await start(JSON.stringify(event), nameless)];
  assert.match(`${first.name}`, /^[\da-f-]{36}$/);
  assert.match(`${first.executionArn}`, `:express:dev-homebiyori-payment-succeeded:${first.name}`);
  assert.is.not(first.name, second.name);
});

test("answers a failed execution with its error and cause, once its dead letter is in the queue", async () => {
  const event = paid("failed", { amount_paid: -1 });
  await serving.addPlaceholderUsers([event]);
  const { status, error, cause } = await start(JSON.stringify(event));
  assert.equal([status, error], ["FAILED", "InvalidEvent"]);
  assert.match(`${cause}`, "The event is in the dead-letter queue");
  assert.is(serving.deadLetters.messages.length, 1);
});

test("refuses to start as Step Functions does", async () => {
  // An operator who may start these machines alone does not learn whether there is another.
  const unknown = serving.stack.stateMachines["payment-succeeded"]?.replace("dev-", "prod-");
  const cases: [string, object, string][] = [
    ["{}", { stateMachineArn: unknown }, "AccessDeniedException"],
    ["{", {}, "InvalidExecutionInput"],
    ["{}", { name: "a name" }, "InvalidName"],
    [JSON.stringify("ほ".repeat(100_000)), {}, "ValidationException"],
  ];
  for (const [input, more, name] of cases) assert.is((await rejects(start(input, more))).name, name);
});

test.run();
