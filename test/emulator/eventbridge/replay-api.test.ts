import {
  CancelReplayCommand,
  DescribeArchiveCommand,
  DescribeReplayCommand,
  type DescribeReplayResponse,
  EventBridgeClient,
  StartReplayCommand,
  type StartReplayRequest,
} from "@aws-sdk/client-eventbridge";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { sampleEvent, sampleInvoice } from "../../../samples/stripe-objects.ts";
import { localConfig } from "../../../ops/command/clients.ts";
import { gatedClock } from "../../helpers/gated-clock.ts";
import { rejects } from "../../helpers/rejects.ts";
import { type Serving, startServing } from "../../helpers/serving.ts";

const test = suite("EventBridge's calls, by the real SDK");

const { clock, close, open } = gatedClock();

let serving: Serving;
let eventBridge: EventBridgeClient;
let started = 0;
test.before(async () => {
  serving = await startServing({ clock });
  eventBridge = new EventBridgeClient(localConfig(serving.stack.bus.arn, serving.url));
});
test.after(() => serving.stop());

const minute = 60;
const paid = (id: string, type: string, created: number) => {
  const invoice = { id: `in_${id}`, customer: `cus_${id}`, amount: 1, created, paidAt: created, start: 1, end: 2 };
  return serving.envelope(sampleEvent(`evt_${id}`, type, created, sampleInvoice(invoice)));
};

const handle = async (id: string, type: string, created: number): Promise<void> => {
  const event = paid(id, type, created);
  await serving.addPlaceholderUsers([event]);
  assert.is((await serving.take(event)).outcome, "applied");
};

const ruleArn = (name: string): string => `${serving.stack.rules[name]}`;

const start = async (from: number, to: number, more: Partial<StartReplayRequest> = {}) => {
  started += 1;
  const { archive, bus } = serving.stack;
  const command = new StartReplayCommand({
    ReplayName: `${archive.name}-${started}`,
    EventSourceArn: archive.arn,
    EventStartTime: new Date(1000 * from),
    EventEndTime: new Date(1000 * to),
    Destination: { Arn: bus.arn, FilterArns: [ruleArn("payment-succeeded-rule")] },
    ...more,
  });
  const { State, ReplayArn } = await eventBridge.send(command);
  return { State, ReplayArn, name: `${command.input.ReplayName}` };
};

const describe = (name: string): Promise<DescribeReplayResponse> =>
  eventBridge.send(new DescribeReplayCommand({ ReplayName: name }));

const ended = async (name: string): Promise<DescribeReplayResponse> => {
  for (;;) {
    const replay = await describe(name);
    if (replay.ReplayEndTime) return replay;
  }
};

// The events that a replay started executions with, in the order in which those ended, by what the machines logged.
const startedBy = (name: string, machine = "payment-succeeded"): string[] => {
  const log = serving.logs.eventsOf(`${serving.stack.logGroups[machine]}`) ?? [];
  const inputs = log.flatMap(({ message }) => {
    const { type, details } = JSON.parse(message);
    return type === "ExecutionStarted" ? [JSON.parse(details.input)] : [];
  });
  return inputs.filter((input) => input["replay-name"] === name).map(({ detail }) => detail.id);
};

test("describe the archive: what arrives on its bus is in it", async () => {
  const describeArchive = () =>
    eventBridge.send(new DescribeArchiveCommand({ ArchiveName: serving.stack.archive.name }));
  const before = await describeArchive();
  await handle("archived", "invoice.paid", 1000);
  const after = await describeArchive();
  const { ArchiveArn, EventSourceArn, State, RetentionDays, CreationTime } = after;
  assert.equal([ArchiveArn, EventSourceArn], [serving.stack.archive.arn, serving.stack.bus.arn]);
  assert.equal([State, RetentionDays, CreationTime instanceof Date], ["ENABLED", 30, true]);
  assert.is(Number(after.EventCount), Number(before.EventCount) + 1);
  assert.ok(Number(after.SizeBytes) > Number(before.SizeBytes));
});

test("replay a window to the rules that are named, under the replay's name, and archive nothing again", async () => {
  await handle("before", "invoice.payment_succeeded", 2 * minute - 1);
  await handle("first", "invoice.payment_succeeded", 2 * minute);
  await handle("other", "invoice.paid", 2 * minute + 1);
  await handle("second", "invoice.payment_succeeded", 3 * minute - 1);
  await handle("after", "invoice.payment_succeeded", 3 * minute);
  const archived = serving.replays.archives[0]?.events().length;
  const { State, ReplayArn, name } = await start(2 * minute, 3 * minute, { Description: "A test" });
  assert.equal([State, ReplayArn?.split(":replay/")[1]], ["STARTING", name]);
  const replay = await ended(name);
  assert.equal([replay.State, replay.Description], ["COMPLETED", "A test"]);
  assert.equal(startedBy(name).toSorted(), ["evt_first", "evt_second"]);
  assert.equal(replay.EventLastReplayedTime, new Date(1000 * (3 * minute - 1)));
  assert.equal(replay.Destination?.FilterArns, [ruleArn("payment-succeeded-rule")]);
  assert.is(serving.replays.archives[0]?.events().length, archived);
});

test("replay minute by minute, but a minute's events in any order", async () => {
  for (const [id, created] of [
    ["a", 601],
    ["b", 602],
    ["c", 661],
    ["d", 662],
  ] as const)
    await handle(id, "invoice.payment_failed", created);
  const { name } = await start(600, 720, { Destination: { Arn: serving.stack.bus.arn } });
  await ended(name);
  const seen = startedBy(name, "payment-failed");
  assert.equal(seen.slice(0, 2).toSorted(), ["evt_a", "evt_b"]);
  assert.equal(seen.slice(2).toSorted(), ["evt_c", "evt_d"]);
});

test("have no last replayed time for a window without events", async () => {
  const { State, EventLastReplayedTime } = await ended((await start(50_000, 60_000)).name);
  assert.equal([State, EventLastReplayedTime], ["COMPLETED", undefined]);
});

test("cancel a replay: what has been started goes on, and nothing else is", async () => {
  const ids = Array.from({ length: 20 }, (_, index) => `cancel${index}`);
  for (const [index, id] of ids.entries()) await handle(id, "invoice.payment_succeeded", 6000 + index);
  close();
  const { name } = await start(6000, 6060);
  assert.is((await describe(name)).State, "RUNNING");
  const { State } = await eventBridge.send(new CancelReplayCommand({ ReplayName: name }));
  assert.equal([State, (await describe(name)).State], ["CANCELLING", "CANCELLING"]);
  open();
  assert.is((await ended(name)).State, "CANCELLED");
  assert.is(startedBy(name).length, 16);
  const again = eventBridge.send(new CancelReplayCommand({ ReplayName: name }));
  assert.is((await rejects(again)).name, "IllegalStatusException");
});

test("refuse more than ten replays at a time", async () => {
  await handle("limit", "invoice.payment_succeeded", 7000);
  close();
  const names = [];
  for (let n = 1; n <= 10; n += 1) names.push((await start(7000, 7001)).name);
  assert.is((await rejects(start(7000, 7001))).name, "LimitExceededException");
  open();
  for (const name of names) assert.is((await ended(name)).State, "COMPLETED");
});

test("refuse as EventBridge does", async () => {
  const { bus, archive } = serving.stack;
  const named = (name: string): { ReplayName: string } => ({ ReplayName: `${archive.name}-${name}` });
  await start(1, 2, named("taken"));
  const cases: [number, Partial<StartReplayRequest>, string, string][] = [
    [2, named("taken"), "ResourceAlreadyExistsException", `Replay ${archive.name}-taken already exists.`],
    [2, named("a name"), "ValidationException", "ReplayName"],
    [2, named("x".repeat(64)), "ValidationException", "ReplayName"],
    [2, { EventSourceArn: `${archive.arn}-2` }, "AccessDeniedException", "events:StartReplay"],
    [2, { Destination: { Arn: `${bus.arn}-2` } }, "AccessDeniedException", `${bus.arn}-2`],
    [2, { ReplayName: "prod-1" }, "AccessDeniedException", ":replay/prod-1"],
    [2, { Destination: { Arn: bus.arn, FilterArns: [`${bus.arn}/x`] } }, "ValidationException", "has no rule"],
    [1, {}, "ValidationException", "EventStartTime must be before EventEndTime."],
  ];
  for (const [to, more, name, message] of cases) {
    const error = await rejects(start(1, to, more));
    assert.is(error.name, name, message);
    assert.match(error.message, message);
  }
  for (const Command of [DescribeReplayCommand, CancelReplayCommand]) {
    const missing = await rejects(eventBridge.send(new Command(named("missing"))));
    assert.equal(
      [missing.name, missing.message],
      ["ResourceNotFoundException", `Replay ${archive.name}-missing does not exist.`],
    );
    const foreign = await rejects(eventBridge.send(new Command({ ReplayName: "prod-1" })));
    assert.is(foreign.name, "AccessDeniedException");
  }
  const other = eventBridge.send(new DescribeArchiveCommand({ ArchiveName: "other" }));
  assert.is((await rejects(other)).name, "AccessDeniedException");
});

test.run();
