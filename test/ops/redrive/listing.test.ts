import { stripVTControlCharacters } from "node:util";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { redriveAll, type RedriveOptions } from "../../../ops/redrive/redrive-all.ts";
import { sampleEvent, sampleInvoice } from "../../../samples/stripe-objects.ts";
import { captured } from "../../helpers/captured.ts";
import { onTerminal } from "../../helpers/terminal.ts";
import { type Serving, startServing } from "../../helpers/serving.ts";

const test = suite("the list of dead letters");

let serving: Serving;
test.before(async () => {
  serving = await startServing();
});
test.before.each(() => {
  serving.deadLetters.messages.length = 0;
});
test.after(() => serving.stop());

const redrive = async (more: Partial<RedriveOptions> = {}) => {
  const options = { local: serving.url, max: 3, rate: 1000, ...more };
  const { result: code, logs } = await captured(() => redriveAll(options, new AbortController().signal));
  return { code, printed: `${logs[0]}`, last: `${logs.at(-1)}`, all: logs.join("\n") };
};

const eventOf = (id: string, type = "invoice.paid") => {
  const times = { created: 1, paidAt: 1, start: 1, end: 2 };
  const invoice = sampleInvoice({ id: `in_${id}`, customer: `cus_${id}`, amount: 1, ...times });
  return serving.envelope(sampleEvent(`evt_${id}`, type, 1, invoice));
};

const send = (id: string, error = "NO_PERMISSIONS", message = ""): void => {
  const TARGET_ARN = `${serving.stack.stateMachines["invoice-paid"]}`;
  const attributes = { TARGET_ARN, ERROR_CODE: error, ERROR_MESSAGE: message };
  serving.deadLetters.send(JSON.stringify(eventOf(id)), 1000, attributes);
};

test("says which types, errors and events are in the queue where no dead letter matches the filters", async () => {
  send("one");
  send("two");
  send("three", "THROTTLING");
  for (const dryRun of [true, false]) {
    const { code, last } = await redrive({ dryRun, event: ["evt_four"] });
    assert.is(code, 1);
    assert.is(
      last,
      `No dead letter matches these filters. In the queue are
  types   invoice.paid (3)
  errors  NO_PERMISSIONS (2), THROTTLING
  events  evt_one, evt_two, evt_three`,
    );
  }
  assert.is((await redrive({ error: ["THROTTLING"], event: ["evt_one"] })).code, 1);
  assert.is((await redrive({ since: new Date() })).code, 1);
  assert.is((await redrive({ type: ["invoice.payment_failed"] })).code, 1);
  assert.is(serving.deadLetters.messages.length, 3);
});

test("is refused for an error that is not known, or a type that is not handled, whether the queue is empty or not", async () => {
  for (const fill of [() => {}, () => send("one")]) {
    fill();
    const { code, last } = await redrive({ error: ["NO_PERMISSION"] });
    assert.is(code, 2);
    assert.match(last, "NO_PERMISSION is not in the queue, and no known type or error: check the spelling.");
    assert.is((await redrive({ type: ["invoice.payed"] })).code, 2);
  }
});

test("takes an error that a Lambda or AWS may fail with for known, though no dead letter has it", async () => {
  send("one", "InvalidEvent");
  for (const error of ["CustomerNotFound", "Refused", "THROTTLING", "Runtime.ImportModuleError"]) {
    const { code, all } = await redrive({ error: [error] });
    assert.is(code, 1, error);
    assert.not.match(all, "check the spelling");
  }
});

test("takes an error that only a dead letter has for known", async () => {
  send("one", "OfAnotherVersion");
  assert.is((await redrive({ error: ["OfAnotherVersion"], event: ["evt_two"] })).code, 1);
});

test("is no success where a filter is set and the queue is empty", async () => {
  const { code, last } = await redrive({ error: ["THROTTLING"] });
  assert.is(code, 1);
  assert.match(last, /types +none\n +errors +none\n +events +none$/);
});

test("has every event id as JSON", async () => {
  const ids = Array.from({ length: 30 }, (_, index) => `evt_json_${index}`);
  for (const id of ids) send(id.replace("evt_", ""));
  serving.deadLetters.send("nothing", 1000);
  const { code, printed } = await redrive({ dryRun: true, json: true });
  const { deadLetters, unreadable, notSelected } = JSON.parse(printed);
  assert.equal([code, deadLetters.map(({ eventId }: { eventId: string }) => eventId), notSelected], [0, ids, 0]);
  assert.equal(Object.keys(deadLetters[0]).toSorted(), [
    "at",
    "errorMessage",
    "errorName",
    "eventId",
    "machine",
    "machineArn",
    "messageId",
    "redrives",
    "type",
  ]);
  assert.is(unreadable[0].problem, "its body of 7 characters is not JSON");
});

test("has the result of each redrive as JSON, and nothing else is printed", async () => {
  send("result");
  const { code, printed, all } = await redrive({ json: true });
  assert.is(code, 1);
  const [result] = JSON.parse(printed).deadLetters;
  assert.equal([result.eventId, result.status], ["evt_result", "failed again"]);
  assert.is(all, printed);
});

test("shows the whole body of an event's dead letters, or of a message that cannot be read", async () => {
  send("shown");
  send("other");
  serving.deadLetters.send("nothing", 1000);
  const { code, printed } = await redrive({ show: "evt_shown" });
  assert.is(code, 0);
  assert.equal(JSON.parse(printed), JSON.parse(`${serving.deadLetters.messages[0]?.body}`));
  const unreadable = serving.deadLetters.messages[2];
  assert.is((await redrive({ show: `${unreadable?.messageId}` })).printed, "nothing");
  assert.equal((await redrive({ show: "evt_none" })).code, 1);
  assert.equal([serving.deadLetters.messages.length, serving.deadLetters.inFlight(Date.now())], [3, 0]);
});

test("has a message that is nested too deep as one that cannot be redriven, and the others are redriven", async () => {
  const depth = 5000;
  const nested = `${"[".repeat(depth)}${"]".repeat(depth)}`;
  const content = {
    event: { detail: { id: "evt_deep", type: "invoice.paid", nested: 0 } },
    failure: { Error: "InvalidEvent" },
    execution: "arn",
    stateMachine: serving.stack.stateMachines["invoice-paid"],
  };
  const body = JSON.stringify(content).replace('"nested":0', `"nested":${nested}`);
  serving.deadLetters.send(body, 1000);
  const event = eventOf("beside");
  await serving.addPlaceholderUsers([event]);
  send("beside");
  const { code, all } = await redrive();
  assert.is(code, 1);
  assert.match(all, "1  cannot be redriven: reading it failed with RangeError: Maximum call stack size exceeded");
  assert.match(all, "1 redriven, 0 failed again, 0 parked, 1 left");
  const { printed } = await redrive({ show: `${serving.deadLetters.messages[0]?.messageId}` });
  assert.is(printed, body);
});

test("shows control characters of an event escaped", async () => {
  send("evil\u001b[2J\u009b31m", "E\u0007", "line\r\nother \u202edesrever");
  const listed = await redrive({ dryRun: true });
  const shown = await redrive({ show: "evt_evil\u001b[2J\u009b31m" });
  const redriven = await redrive();
  for (const { all } of [listed, shown, redriven]) {
    assert.match(all, "evt_evil\\u001b[2J\\u009b31m");
    for (const raw of ["\u001b[2J", "\u009b", "\u0007", "\r", "\u202e"]) assert.not.match(all, raw);
  }
  assert.match(listed.all, "line other \\u202edesrever");
});

test("fits a terminal of 80 columns", async () => {
  send("long", "Lambda.TooManyRequestsException.OfAnEvenLongerName", "a long message ".repeat(9));
  for (let number = 0; number < 5; number += 1) send(`${number}_${"x".repeat(24)}`, "THROTTLING");
  const { printed, all } = await onTerminal(() => redrive({ dryRun: true }));
  assert.match(printed, "6 in the dead-letter queue of ");
  const lines = stripVTControlCharacters(all).split("\n");
  assert.equal(
    lines.filter(({ length }) => length > 80),
    [],
  );
});

test.run();
