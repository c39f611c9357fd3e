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
import { redriveAll } from "../../../ops/redrive/redrive-all.ts";
import type { RedriveOptions } from "../../../ops/redrive-options.ts";
import { captured } from "../../helpers/captured.ts";
import { type Serving, startServing } from "../../helpers/serving.ts";

const test = suite("a redrive");

let serving: Serving;
let started: string[] = [];
// How the executions end, if not by themselves.
let end: Pick<Execution, "status" | "output" | "failure"> | null = null;
// How many letters nobody else saw while the newest execution ran.
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

// An invoice that nobody's is, until its user is made up.
const ofNobody = async (id: string) => {
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
  return { code, said: stripVTControlCharacters(`${logs.join("\n")}\n`) };
};

const idsIn = ({ messages }: Serving["parked"]): string[] =>
  messages.map(({ body }) => /evt_\w+/.exec(body)?.[0] ?? body).toSorted();

const isAllVisible = () => serving.deadLetters.inFlight(Date.now()) === 0;

test("has nothing to do when there is nothing", async () => {
  const { code, said } = await redrive();
  assert.equal([code, said.trim()], [0, `There is nothing in the dead-letter queue of ${serving.url}.`]);
});

test("starts the machine again with the event as it came, and deletes the letter once that succeeded", async () => {
  const makeUp = await ofNobody("mended");
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
  await ofNobody("dry1");
  await ofNobody("dry2");
  await ofNobody("dry2");
  await invalid("dry3");
  serving.deadLetters.send("no JSON", 0);
  const before = structuredClone(serving.deadLetters.messages);
  const { code, said } = await redrive({ dryRun: true });
  assert.is(code, 0);
  assert.match(said, "5 in the dead-letter queue of ");
  assert.match(said, /3 {2}payment-succeeded {2}CustomerNotFound[^]*evt_dry1, evt_dry2 \(2\)\n/);
  assert.match(said, /1 {2}payment-succeeded {2}InvalidEvent/);
  assert.match(said, "1  cannot be started again: its body of 7 characters is no JSON");
  assert.equal([serving.deadLetters.messages, serving.parked.messages, started], [before, [], []]);
  assert.ok(isAllVisible());
});

test("takes only what is asked for", async () => {
  const makeUp = await ofNobody("one");
  await ofNobody("two");
  await invalid("three");
  serving.deadLetters.send("no JSON", 0);
  const listed = async (more: Partial<RedriveOptions>) => {
    const { said } = await redrive({ dryRun: true, ...more });
    return [...said.matchAll(/evt_\w+/g)].map(([id]) => id).toSorted();
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
  assert.match(said, "3  not asked for");
  assert.is(hiddenThen, 1);
  assert.equal(idsIn(serving.deadLetters), ["evt_three", "evt_two", "no JSON"]);
  assert.ok(isAllVisible());
});

test("counts what fails again, once in a run, and parks it after as many redrives as may be", async () => {
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
  assert.match(said, "parked        evt_poison  payment-succeeded  it was redriven 2 times, and failed each time");
  assert.match(said, "0 redriven, 0 failed again, 1 parked, 0 left");
  assert.equal([started.length, serving.deadLetters.messages], [2, []]);
  assert.is(serving.parked.messages[0]?.body, letter?.body);
});

test("redrives what is parked when it is asked to, however often it failed", async () => {
  const makeUp = await ofNobody("parked");
  await redrive({ max: 1 });
  await redrive({ max: 1 });
  assert.equal(idsIn(serving.parked), ["evt_parked"]);
  await makeUp();
  const { code, said } = await redrive({ max: 1, parked: true });
  assert.is(code, 0);
  assert.match(said, "1 in the parked queue of ");
  assert.equal([serving.parked.messages, serving.deadLetters.messages], [[], []]);
  assert.is(started.at(-1), "redrive-2-evt_parked");
});

test("parks what is too large to be started, with all that EventBridge said of it", async () => {
  const event = paid("large", "cus_large", { description: "x".repeat(300_000) });
  assert.is((await serving.handle(event)).error?.name, "INVALID_PARAMETER");
  const [letter] = serving.deadLetters.messages;
  const { code, said } = await redrive();
  assert.is(code, 1);
  assert.match(said, /parked +evt_large +payment-succeeded +it has 30\d{4} bytes, and a machine takes at most 262144/);
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

test("leaves what is none of its own, says why, and starts the rest", async () => {
  const foreign = { event: serving.envelope(paid("foreign")), failure: { Error: "X" }, execution: "arn" };
  serving.deadLetters.send(JSON.stringify({ ...foreign, stateMachine: "arn:aws:states:other" }), 1);
  const deleted = serving.envelope(sampleEvent("evt_deleted", "charge.refunded", 1, {}));
  serving.deadLetters.send(JSON.stringify(deleted), 1, { TARGET_ARN: serving.stack.bus.arn });
  serving.deadLetters.send("no JSON", 1);
  await (
    await ofNobody("rest")
  )();
  const { code, said } = await redrive();
  assert.is(code, 1);
  assert.match(said, "arn:aws:states:other is no state machine of this stack");
  assert.match(said, "charge.refunded is not handled any more");
  assert.match(said, "its body of 7 characters is no JSON");
  assert.match(said, "1 redriven, 0 failed again, 0 parked, 3 left");
  assert.equal([serving.deadLetters.messages.length, started], [3, ["redrive-1-evt_rest"]]);
  assert.ok(isAllVisible());
});

test("counts a try that the machine told nobody of, in a copy of the letter, and parks that in the end", async () => {
  const makeUp = await ofNobody("timeout");
  const [letter] = serving.deadLetters.messages;
  await makeUp();
  end = { status: "TIMED_OUT", output: null, failure: { Error: "States.Timeout", Cause: "" } };
  try {
    for (const n of [1, 2]) {
      const { code, said } = await redrive({ max: 2 });
      assert.is(code, 1);
      assert.match(
        said,
        /failed again +evt_timeout .* TIMED_OUT States.Timeout; it is in the queue again, and counted/,
      );
      assert.is(started.at(-1), `redrive-${n}-evt_timeout`);
      assert.equal([serving.deadLetters.messages.length, isAllVisible()], [1, true]);
    }
    assert.match((await redrive({ max: 2 })).said, /parked +evt_timeout .* redriven 2 times/);
  } finally {
    end = null;
  }
  assert.equal([serving.deadLetters.messages, started.length], [[], 2]);
  const [parked] = serving.parked.messages;
  assert.equal([parked?.body, parked?.attributes], [letter?.body, { REDRIVES: "2" }]);
  assert.is((await redrive({ parked: true })).code, 0);
  assert.is(started.at(-1), "redrive-3-evt_timeout");
});

test("leaves a letter where it is when its copy cannot be sent", async () => {
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

test("knows by the cause of every machine's failure that the event is in the queue again", () => {
  for (const { definition } of workflows) {
    const { States } = JSON.parse(readDefinition(definition));
    const ends = Object.entries<{ Type: string; Cause?: string }>(States).filter(([, { Type }]) => Type === "Fail");
    const own = ends.filter(([, { Cause }]) => Cause === deadLettered).map(([name]) => name);
    assert.equal(own, ["DeadLettered"]);
  }
});

test("changes nothing when everything is redriven twice", async () => {
  const ids = ["a", "b", "c"].map((letter) => `twice_${letter}`);
  for (const id of ids) await (await ofNobody(id))();
  const letters = structuredClone(serving.deadLetters.messages);
  assert.is((await redrive()).code, 0);
  const { deadLetters: none, ...rows } = await serving.dump();
  assert.equal(none, []);
  serving.deadLetters.messages.push(...letters);
  assert.is((await redrive()).code, 0);
  assert.equal(await serving.dump(), { ...rows, deadLetters: [] });
});

test("leaves all as it is when it is told to end before it has begun", async () => {
  await ofNobody("early");
  const { code } = await redrive({}, AbortSignal.abort());
  assert.equal([code, started, idsIn(serving.deadLetters)], [130, [], ["evt_early"]]);
  assert.ok(isAllVisible());
});

test("takes what somebody else has begun for nothing but a copy", async () => {
  await (
    await ofNobody("crashed")
  )();
  const [letter] = serving.deadLetters.messages;
  // As after a crash between the end of the execution and the deletion of the letter.
  const stateMachineArn = serving.stack.stateMachines["payment-succeeded"];
  const input = JSON.stringify(JSON.parse(`${letter?.body}`).event);
  await serving.sfn.send(new StartSyncExecutionCommand({ stateMachineArn, name: "redrive-1-evt_crashed", input }));
  assert.is((await redrive()).code, 0);
  const { payments } = await serving.dump();
  assert.is(payments.filter(({ PK }) => PK === "INVOICE#in_crashed").length, 1);
});

test.run();
