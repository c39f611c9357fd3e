import { CloudWatchLogsClient, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { localConfig } from "../../../ops/command/clients.ts";
import { rejects } from "../../helpers/rejects.ts";
import { type Serving, startServing } from "../../helpers/serving.ts";

const test = suite("CloudWatch Logs' calls, by the real SDK");

let serving: Serving;
let logs: CloudWatchLogsClient;
let logGroupName: string;
test.before(async () => {
  serving = await startServing();
  logs = new CloudWatchLogsClient(localConfig(serving.stack.bus.arn, serving.url));
  logGroupName = `${serving.stack.logGroups["write-payment"]}`;
});
test.after(() => serving.stop());

const write = (...lines: [number, string][]) => {
  for (const [timestamp, message] of lines) serving.logs.keep(logGroupName, () => [{ timestamp, message }]);
};

const filter = (filterPattern: string, more: object = {}) =>
  logs.send(new FilterLogEventsCommand({ logGroupName, filterPattern, ...more }));

const timesOf = async (filterPattern: string, more?: object) =>
  ((await filter(filterPattern, more)).events ?? []).map(({ timestamp }) => timestamp);

test("finds the lines whose field is that text, in the order of time and within it", async () => {
  write([30, '{"message":{"id":"a"}}'], [10, '{"message":{"id":"a"},"more":1}'], [20, '{"message":{"id":"ab"}}']);
  write([40, '{"id":"a"}'], [50, 'plain text: "a"'], [60, '{"message":"a"}']);
  const pattern = '{ $.message.id = "a" }';
  assert.equal(await timesOf(pattern), [10, 30]);
  assert.equal(await timesOf(pattern, { startTime: 11 }), [30]);
  assert.equal(await timesOf(pattern, { endTime: 10 }), [10]);
  const [event] = (await filter(pattern, { endTime: 10 })).events ?? [];
  assert.is(event?.message, '{"message":{"id":"a"},"more":1}');
});

test("finds the lines of which one of several terms is true, or whose field is any text", async () => {
  write([100, '{"kind":"a"}'], [101, '{"kind":"b"}'], [102, '{"kind":null}'], [103, '{"other":"a"}'], [104, "a b"]);
  assert.equal(await timesOf('{ $.kind = "a" || $.other = "a" }'), [100, 103]);
  assert.equal(await timesOf('{ $.kind = "b" || $.kind = "a" }'), [100, 101]);
  assert.equal(await timesOf('{ $.kind = "*" }'), [100, 101]);
});

test("answers a page after the other, by a limit and by size", async () => {
  const long = JSON.stringify({ id: "long", text: "x".repeat(600_000) });
  write([1, '{"id":"short"}'], [2, '{"id":"short"}'], [3, '{"id":"short"}'], [4, long], [5, long]);
  const first = await filter('{ $.id = "short" }', { limit: 2 });
  assert.is(first.events?.length, 2);
  assert.equal(await timesOf('{ $.id = "short" }', { limit: 2, nextToken: first.nextToken }), [3]);
  const { events, nextToken } = await filter('{ $.id = "long" }');
  assert.is(events?.length, 1);
  assert.equal(await timesOf('{ $.id = "long" }', { nextToken }), [5]);
});

test("refuses what it would not answer as AWS does", async () => {
  for (const pattern of [
    "",
    "evt_1",
    '"evt_1"',
    '{ $.id = "evt_*" }',
    "{ $.id = 1 }",
    '{ $.a = "b" && $.c = "d" }',
    '{ $.a = "b" || evt_1 }',
  ]) {
    assert.is((await rejects(filter(pattern))).name, "InvalidParameterException", pattern);
  }
  const none = new FilterLogEventsCommand({ logGroupName: "/aws/lambda/none", filterPattern: '{ $.id = "a" }' });
  // An operator who may read these groups alone does not learn whether there is another.
  assert.is((await rejects(logs.send(none))).name, "AccessDeniedException");
  assert.is((await rejects(filter('{ $.id = "a" }', { logStreamNames: ["one"] }))).name, "ValidationException");
});

test("keeps the newest five thousand entries, of all groups together", async () => {
  const other = `${serving.stack.logGroups["link-payment"]}`;
  serving.logs.keep(other, () => [{ timestamp: 1, message: "old" }]);
  for (let index = 0; index < 4999; index += 1)
    serving.logs.keep(logGroupName, () => [{ timestamp: index, message: "" }]);
  assert.is(serving.logs.eventsOf(other)?.length, 1);
  write([0, "one more"]);
  assert.equal(serving.logs.eventsOf(other), []);
  assert.is(serving.logs.eventsOf(logGroupName)?.length, 5000);
  write([4000, "of the same time"]);
  const same = serving.logs.eventsOf(logGroupName)?.filter(({ timestamp }) => timestamp === 4000);
  assert.equal(
    same?.map(({ message }) => message),
    ["", "of the same time"],
  );
});

test("renders nothing until the log group is read", () => {
  let rendered = 0;
  const events = () => {
    rendered += 1;
    return [];
  };
  serving.logs.keep(logGroupName, events);
  assert.is(rendered, 0);
  serving.logs.eventsOf(logGroupName);
  assert.is(rendered, 1);
});

test("renders only the entries that a search may match, by what their lines have in common", async () => {
  const rendered: string[] = [];
  const keep = (run: string, until: number) => {
    const events = () => {
      rendered.push(run);
      return [{ timestamp: until, message: JSON.stringify({ run, type: "Ended" }) }];
    };
    serving.logs.keep(logGroupName, events, { field: "run", text: run, until });
  };
  keep("first", 900);
  keep("second", 901);
  const searched = async (pattern: string, startTime = 900) => {
    rendered.length = 0;
    const times = await timesOf(pattern, { startTime, endTime: 901 });
    return { times, rendered: [...rendered] };
  };
  assert.equal(await searched('{ $.run = "second" }'), { times: [901], rendered: ["second"] });
  assert.equal(await searched('{ $.type = "Ended" }'), { times: [900, 901], rendered: ["first", "second"] });
  assert.equal(await searched('{ $.type = "Ended" }', 901), { times: [901], rendered: ["second"] });
  const either = await searched('{ $.run = "third" || $.run = "first" }');
  assert.equal(either, { times: [900], rendered: ["first"] });
  assert.equal((await searched('{ $.run = "*" }')).rendered, ["first", "second"]);
});

test("does not write out the other executions for one that is searched", async () => {
  const machine = `${serving.stack.logGroups["payment-succeeded"]}`;
  const results = await Promise.all(
    ["evt_a", "evt_b"].map((id) => serving.handle({ id, type: "invoice.payment_succeeded" })),
  );
  assert.is(results.length, 2);
  const all = serving.logs.eventsOf(machine) ?? [];
  const arns = [...new Set(all.map(({ message }) => JSON.parse(message).execution_arn))];
  assert.is(arns.length, 2);
  const wanted = { terms: [{ field: "execution_arn", text: `${arns[0]}` }], since: 0 };
  const own = serving.logs.eventsOf(machine, wanted) ?? [];
  assert.equal(
    own,
    all.filter(({ message }) => message.includes(`${arns[0]}`)),
  );
  assert.ok(own.length > 0 && own.length < all.length);
});

test.run();
