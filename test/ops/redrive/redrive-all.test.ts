import { StartSyncExecutionCommand } from "@aws-sdk/client-sfn";
import { stripVTControlCharacters } from "node:util";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { readDefinition } from "../../../infra/processing/definition.ts";
import { workflows } from "../../../infra/workflows.ts";
import type { Execution } from "../../../emulator/stepfunctions/machine.ts";
import { MessageTooLarge } from "../../../emulator/sqs/errors.ts";
import { sampleEvent, sampleInvoice } from "../../../samples/stripe-objects.ts";
import { deadLettered } from "../../../ops/redrive/redrive-one.ts";
import { redriveAll, type RedriveOptions } from "../../../ops/redrive/redrive-all.ts";
import { captured } from "../../helpers/captured.ts";
import { type Serving, startServing } from "../../helpers/serving.ts";

const test = suite("a redrive");

let serving: Serving;
let started: string[] = [];
// How the executions end instead of by themselves.
let end: Pick<Execution, "status" | "output" | "failure"> | null = null;
// How many dead letters were invisible while the newest execution ran.
let hiddenThen = 0;
test.before(async () => {
  serving = await startServing({}, (executions) => ({
    ...executions,
    start: async (arn, name, input) => {
      started.push(name);
      hiddenThen = serving.deadLetters.inFlight(Date.now());
      const execution = await executions.start(arn, name, input);
      return execution && { ...execution, ...end };
    },
  }));
});
test.before.each(() => {
  serving.deadLetters.messages.length = 0;
  serving.parked.messages.length = 0;
  started = [];
});
test.after(() => serving.stop());

const invoice = (id: string, customer: string, more = {}) => ({
  ...sampleInvoice({ id: `in_${id}`, customer, amount: 1, created: 1, paidAt: 1, start: 1, end: 2 }),
  ...more,
});

const paid = (id: string, customer = `cus_${id}`, more = {}) =>
  sampleEvent(`evt_${id}`, "invoice.payment_succeeded", 1, invoice(id, customer, more));

// An invoice of a customer without a user, until one is made up.
const ofUnknownUser = async (id: string) => {
  const event = paid(id);
  assert.is((await serving.handle(event)).error?.name, "CustomerNotFound");
  return () => serving.addPlaceholderUsers([serving.envelope(event)]);
};

const invalid = async (id: string) => {
  const event = paid(id, `cus_${id}`, { amount_paid: -1 });
  await serving.addPlaceholderUsers([serving.envelope(event)]);
  assert.is((await serving.handle(event)).error?.name, "InvalidEvent");
};

const redrive = async (more: Partial<RedriveOptions> = {}, signal = new AbortController().signal) => {
  const options = { local: serving.url, dryRun: false, max: 3, rate: 1000, parked: false, ...more };
  const { result: code, logs } = await captured(() => redriveAll(options, signal));
  return { code, printed: `${logs[0]}`, said: stripVTControlCharacters(`${logs.join("\n")}\n`) };
};

const idsIn = ({ messages }: Serving["parked"]): string[] =>
  messages.map(({ body }) => /evt_\w+/.exec(body)?.[0] ?? body).toSorted();

const isAllVisible = () => serving.deadLetters.inFlight(Date.now()) === 0;

test("does nothing for an empty queue", async () => {
  const { code, said } = await redrive();
  assert.equal([code, said.trim()], [0, `There is nothing in the dead-letter queue of ${serving.url}.`]);
});

test("starts the machine again with the event as it came, and deletes the message once that succeeded", async () => {
  const makeUp = await ofUnknownUser("mended");
  await makeUp();
  const { code, said } = await redrive();
  assert.is(code, 0);
  assert.match(said, /1 {2}payment-succeeded {2}CustomerNotFound {2}since 20.*\n +No user is known.*\n +evt_mended\n/);
  assert.match(said, "1 redriven, 0 failed again, 0 parked, 0 left");
  assert.equal(serving.deadLetters.messages, []);
  assert.equal(started, ["redrive-1-evt_mended"]);
  const { payments } = await serving.dump();
  assert.is(payments.filter(({ PK }) => PK === "INVOICE#in_mended").length, 1);
});

test("lists by machine and error, and changes nothing, in a dry run", async () => {
  await ofUnknownUser("dry1");
  await ofUnknownUser("dry2");
  await ofUnknownUser("dry2");
  await invalid("dry3");
  serving.deadLetters.send("no JSON", 0);
  const before = structuredClone(serving.deadLetters.messages);
  const { code, said } = await redrive({ dryRun: true });
  assert.is(code, 0);
  assert.match(said, "5 in the dead-letter queue of ");
  assert.match(said, /3 {2}payment-succeeded {2}CustomerNotFound[^]*evt_dry1, evt_dry2 \(2\)\n/);
  assert.match(said, /1 {2}payment-succeeded {2}InvalidEvent/);
  assert.match(said, "1  cannot be redriven: its body of 7 characters is not JSON");
  assert.equal([serving.deadLetters.messages, serving.parked.messages, started], [before, [], []]);
  assert.ok(isAllVisible());
});

test("takes only what its filters select", async () => {
  const makeUp = await ofUnknownUser("one");
  await ofUnknownUser("two");
  await invalid("three");
  serving.deadLetters.send("no JSON", 0);
  const listed = async (more: Partial<RedriveOptions>) => {
    const { printed } = await redrive({ dryRun: true, json: true, ...more });
    return JSON.parse(printed)
      .deadLetters.map(({ eventId }: { eventId: string }) => eventId)
      .toSorted();
  };
  assert.equal(await listed({ error: ["CustomerNotFound"] }), ["evt_one", "evt_two"]);
  assert.equal(await listed({ event: ["evt_one", "evt_three"] }), ["evt_one", "evt_three"]);
  assert.equal(await listed({ event: ["evt_one"], error: ["InvalidEvent"] }), []);
  assert.equal(await listed({ type: ["invoice.payment_succeeded"] }), ["evt_one", "evt_three", "evt_two"]);
  assert.equal(await listed({ type: ["invoice.paid"] }), []);
  const [first, second, third] = serving.deadLetters.messages;
  if (first && second && third) [first.sentAt, second.sentAt, third.sentAt] = [1000, 2000, 3000];
  assert.equal(await listed({ since: new Date(2000) }), ["evt_three", "evt_two"]);
  await makeUp();
  const { code, said } = await redrive({ event: ["evt_one"] });
  assert.is(code, 0);
  assert.match(said, "3  not selected");
  assert.is(hiddenThen, 1);
  assert.equal(idsIn(serving.deadLetters), ["evt_three", "evt_two", "no JSON"]);
  assert.ok(isAllVisible());
});

test("redrives an event once in a run, and parks it after the maximum of failed redrives", async () => {
  await invalid("poison");
  for (const n of [1, 2]) {
    const { code, said } = await redrive({ max: 2 });
    assert.is(code, 1);
    assert.match(said, "failed again  evt_poison  payment-succeeded  InvalidEvent");
    assert.is(started.at(-1), `redrive-${n}-evt_poison`);
    assert.equal([started.length, serving.deadLetters.messages.length], [n, 1]);
  }
  const [letter] = serving.deadLetters.messages;
  const { code, said } = await redrive({ max: 2 });
  assert.is(code, 1);
  assert.match(said, "parked        evt_poison  payment-succeeded  2 redrives failed, the maximum");
  assert.match(said, "0 redriven, 0 failed again, 1 parked, 0 left");
  assert.equal([started.length, serving.deadLetters.messages], [2, []]);
  assert.is(serving.parked.messages[0]?.body, letter?.body);
});

test("redrives the parking-lot queue without a limit on attempts", async () => {
  const makeUp = await ofUnknownUser("parked");
  await redrive({ max: 1 });
  await redrive({ max: 1 });
  assert.equal(idsIn(serving.parked), ["evt_parked"]);
  await makeUp();
  const { code, said } = await redrive({ max: 1, parked: true });
  assert.is(code, 0);
  assert.match(said, "1 in the parking-lot queue of ");
  assert.equal([serving.parked.messages, serving.deadLetters.messages], [[], []]);
  assert.is(started.at(-1), "redrive-2-evt_parked");
});

test("parks what is too large to be started, with the message attributes of EventBridge", async () => {
  const event = paid("large", "cus_large", { description: "x".repeat(300_000) });
  assert.is((await serving.handle(event)).error?.name, "INVALID_PARAMETER");
  const [letter] = serving.deadLetters.messages;
  const { code, said } = await redrive();
  assert.is(code, 1);
  assert.match(
    said,
    /parked +evt_large +payment-succeeded +it has 30\d{4} bytes, and a state machine takes at most 262144/,
  );
  assert.equal(serving.deadLetters.messages, []);
  const { body, attributes } = serving.parked.messages[0] ?? {};
  assert.equal([body, attributes], [letter?.body, letter?.attributes]);
  assert.is((await redrive({ parked: true })).code, 1);
  assert.equal([idsIn(serving.parked), started], [["evt_large"], []]);
});

test("starts what could not be forwarded on the machine of its type", async () => {
  const event = serving.envelope(paid("forwarded"));
  await serving.addPlaceholderUsers([event]);
  const attributes = { TARGET_ARN: serving.stack.bus.arn, RULE_ARN: "arn", ERROR_CODE: "NO_PERMISSIONS" };
  serving.deadLetters.send(JSON.stringify(event), Date.now(), attributes);
  assert.is((await redrive()).code, 0);
  const { payments } = await serving.dump();
  assert.is(payments.filter(({ PK }) => PK === "INVOICE#in_forwarded").length, 1);
});

test("leaves what it cannot redrive, says why, and redrives the rest", async () => {
  const foreign = { event: serving.envelope(paid("foreign")), failure: { Error: "X" }, execution: "arn" };
  serving.deadLetters.send(JSON.stringify({ ...foreign, stateMachine: "arn:aws:states:other" }), 1);
  const deleted = serving.envelope(sampleEvent("evt_deleted", "thing.made_up", 1, {}));
  serving.deadLetters.send(JSON.stringify(deleted), 1, { TARGET_ARN: serving.stack.bus.arn });
  serving.deadLetters.send("no JSON", 1);
  await (
    await ofUnknownUser("rest")
  )();
  const { code, said } = await redrive();
  assert.is(code, 1);
  assert.match(said, "arn:aws:states:other is not a state machine of this stack");
  assert.match(said, "thing.made_up is not handled any more");
  assert.match(said, "its body of 7 characters is not JSON");
  assert.match(said, "1 redriven, 0 failed again, 0 parked, 3 left");
  assert.equal([serving.deadLetters.messages.length, started], [3, ["redrive-1-evt_rest"]]);
  assert.ok(isAllVisible());
});

test("counts an attempt that ended without a new message in a copy of the message, and parks that in the end", async () => {
  const makeUp = await ofUnknownUser("timeout");
  const [letter] = serving.deadLetters.messages;
  await makeUp();
  end = { status: "TIMED_OUT", output: null, failure: { Error: "States.Timeout", Cause: "" } };
  try {
    for (const n of [1, 2]) {
      const { code, said } = await redrive({ max: 2 });
      assert.is(code, 1);
      assert.match(
        said,
        /failed again +evt_timeout .* TIMED_OUT States.Timeout; it is in the queue again, with the attempt counted/,
      );
      assert.is(started.at(-1), `redrive-${n}-evt_timeout`);
      assert.equal([serving.deadLetters.messages.length, isAllVisible()], [1, true]);
    }
    assert.match((await redrive({ max: 2 })).said, /parked +evt_timeout .* 2 redrives failed/);
  } finally {
    end = null;
  }
  assert.equal([serving.deadLetters.messages, started.length], [[], 2]);
  const [parked] = serving.parked.messages;
  assert.equal([parked?.body, parked?.attributes], [letter?.body, { REDRIVES: "2" }]);
  assert.is((await redrive({ parked: true })).code, 0);
  assert.is(started.at(-1), "redrive-3-evt_timeout");
});

test("leaves a message where it is when its copy cannot be sent", async () => {
  await invalid("unsent");
  const [letter] = serving.deadLetters.messages;
  const send = serving.deadLetters.send.bind(serving.deadLetters);
  serving.deadLetters.send = () => {
    throw new MessageTooLarge("It takes no message");
  };
  try {
    const { code, said } = await redrive();
    assert.is(code, 1);
    assert.match(said, /left +evt_unsent .* It takes no message/);
  } finally {
    serving.deadLetters.send = send;
  }
  assert.is(serving.deadLetters.messages[0]?.messageId, letter?.messageId);
  assert.ok(isAllVisible());
});

test("recognises by the cause of every machine's failure that the event is in the queue again", () => {
  for (const { definition } of workflows) {
    const { States } = JSON.parse(readDefinition(definition));
    const ends = Object.entries<{ Type: string; Cause?: string }>(States).filter(([, { Type }]) => Type === "Fail");
    const own = ends.filter(([, { Cause }]) => Cause === deadLettered).map(([name]) => name);
    assert.equal(own, ["DeadLettered"]);
  }
});

test("changes nothing when everything is redriven twice", async () => {
  const ids = ["a", "b", "c"].map((letter) => `twice_${letter}`);
  for (const id of ids) await (await ofUnknownUser(id))();
  const letters = structuredClone(serving.deadLetters.messages);
  assert.is((await redrive()).code, 0);
  const { deadLetters: none, ...rows } = await serving.dump();
  assert.equal(none, []);
  serving.deadLetters.messages.push(...letters);
  assert.is((await redrive()).code, 0);
  assert.equal(await serving.dump(), { ...rows, deadLetters: [] });
});

test("changes nothing when its signal is aborted before it has begun", async () => {
  await ofUnknownUser("early");
  const { code } = await redrive({}, AbortSignal.abort());
  assert.equal([code, started, idsIn(serving.deadLetters)], [130, [], ["evt_early"]]);
  assert.ok(isAllVisible());
});

test("is idempotent after a crash between the end of the execution and the deletion of the message", async () => {
  await (
    await ofUnknownUser("crashed")
  )();
  const [letter] = serving.deadLetters.messages;
  const stateMachineArn = serving.stack.stateMachines["payment-succeeded"];
  const input = JSON.stringify(JSON.parse(`${letter?.body}`).event);
  await serving.sfn.send(new StartSyncExecutionCommand({ stateMachineArn, name: "redrive-1-evt_crashed", input }));
  assert.is((await redrive()).code, 0);
  const { payments } = await serving.dump();
  assert.is(payments.filter(({ PK }) => PK === "INVOICE#in_crashed").length, 1);
});

test.run();
