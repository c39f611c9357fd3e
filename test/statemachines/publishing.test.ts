import { suite } from "uvu";
import * as assert from "uvu/assert";
import { failure, hangs, runScripted, type Script } from "../helpers/scripted-machine.ts";

const test = suite("the publication of changes by the state machines");

const entry = (version: number) => ({
  Source: "homebiyori.billing",
  DetailType: "SubscriptionChanged",
  Detail: { version },
  EventBusName: "billing",
});
const marks = [{ table: "core", PK: "USER#u", SK: "SUBSCRIPTION", from: 0, through: 2 }];
const both = { next: "entries", entries: [entry(1), entry(2)], marks, detail: null };
const found = { outcome: "found", userId: "u", customerId: "cus_1", subscriptionId: "sub_1", reason: null };
const names = ["sync-subscription", "write-payment", "link-payment", "record-reversal", "heal-subscription"];
const deadLetterStates = ["SendToDeadLetterQueue", "DeadLettered"];

const run = (name: string, publish: object, script: Script = {}) => {
  const work = name === "heal-subscription" ? "close-gap" : name;
  const answer = { outcome: "applied", changes: [], written: [], gap: "none", heal: null, publish };
  const all = { "resolve-customer": [found], [work]: [answer], "dead-letter-queue": [{}] };
  const done = { billing: [{ FailedEntryCount: 0 }], "mark-published": [null] };
  const type = name === "heal-subscription" ? "STANDARD" : "EXPRESS";
  return runScripted(name, { ...all, ...done, ...script }, { id: "in", waitSeconds: 1 }, type);
};

for (const name of names) {
  test(`${name}: puts what has changed on the bus, then marks it`, async () => {
    const { status, states, published, serviceCalls, output } = await run(name, both);
    assert.is(status, "SUCCEEDED");
    assert.equal(published, both.entries);
    const at = states.indexOf("HasAnythingChanged");
    assert.equal(states.slice(at, at + 3), ["HasAnythingChanged", "PublishChanges", "MarkPublished"]);
    assert.equal(Object(serviceCalls.at(-1)?.parameters).Payload.event, both);
    assert.is(Object(output).outcome, "applied");
  });

  test(`${name}: only marks what does not show, and does neither where nothing has changed`, async () => {
    const marked = await run(name, { ...both, next: "marks", entries: [] });
    assert.equal([marked.status, marked.calls["mark-published"], marked.calls["billing"]], ["SUCCEEDED", 1, undefined]);
    const nothing = await run(name, { next: "nothing", entries: [], marks: [], detail: null });
    assert.equal([nothing.status, nothing.calls["mark-published"], nothing.published], ["SUCCEEDED", undefined, []]);
  });

  test(`${name}: tries a bus again that refuses, and dead-letters its input where it does all the time, unmarked`, async () => {
    for (const error of ["EventBridge.FailedEntry", "EventBridge.EventBridgeException", "States.Timeout"]) {
      const away = error === "States.Timeout" ? hangs : failure(error);
      const late = await run(name, both, { billing: [away, away, away, {}] });
      assert.equal([late.status, late.calls["billing"], late.calls["mark-published"]], ["SUCCEEDED", 4, 1], error);
      const never = await run(name, both, { billing: [away] });
      assert.equal([never.states.slice(-2), never.calls["billing"]], [deadLetterStates, 4], error);
      assert.equal([never.calls["mark-published"], Object(never.sent[0]).event.id], [undefined, "in"]);
      assert.is(Object(never.sent[0]).failure.Error, error);
    }
  });

  test(`${name}: tries to mark again, and dead-letters its input where that fails all the time`, async () => {
    const late = await run(name, both, { "mark-published": [failure("Error"), failure("Error"), null] });
    assert.equal([late.status, late.published.length, late.calls["mark-published"]], ["SUCCEEDED", 2, 3]);
    const never = await run(name, both, { "mark-published": [failure("Error")] });
    assert.equal([never.states.slice(-2), never.calls["mark-published"]], [deadLetterStates, 3]);
    const wrong = await run(name, both, { "mark-published": [failure("InvalidEvent")] });
    assert.equal([wrong.states.slice(-2), wrong.calls["mark-published"]], [deadLetterStates, 1]);
  });
}

test.run();
