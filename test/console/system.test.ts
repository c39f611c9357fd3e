import { suite } from "uvu";
import * as assert from "uvu/assert";
import { makeConsole } from "../../console/console.ts";
import { makeEventList } from "../../console/events/event-list.ts";
import { stackOf } from "../../ops/command/stack.ts";
import { localTarget } from "../../ops/command/target.ts";
import { makeEvent } from "../../ops/trigger/trigger-event.ts";
import { type ServedConsole, startConsole } from "../helpers/console.ts";
import { type ScriptedAws, type ScriptedCalls, startScriptedAws } from "../helpers/scripted-aws.ts";
import { graphOf } from "../helpers/stack.ts";

const test = suite("the pages of the system");

let calls: ScriptedCalls = {};
let aws: ScriptedAws;
let served: ServedConsole;
test.before(async () => {
  served = await startConsole();
  aws = await startScriptedAws(served.outputs, () => calls);
});
test.after(async () => {
  aws.stop();
  await served.stop();
});

const post = (type: string) => served.post(makeEvent(type, { set: [] }, Date.now()).event);

const read = async (path: string): Promise<string> => {
  const { status, html } = await served.read(path);
  assert.is(status, 200, path);
  return html;
};

// The texts of each box of a drawing, and each label of an arrow.
const boxesIn = (html: string): string[] =>
  [...html.matchAll(/<g class="node (\w+)">(.*?)<\/g>/gs)].map(([, tone, box = ""]) => {
    const lines = [...box.matchAll(/>([^<>]+)<\/text/g)].map(([, line = ""]) => line.trim());
    return [tone, ...lines].join(" | ");
  });

test("draws the definitions with what they did in the last hour, and what most of them use once", async () => {
  await post("customer.subscription.created");
  for (const type of ["invoice.paid", "invoice.payment_succeeded"]) await post(type);
  const html = await read("/system");
  const boxes = boxesIn(html);
  for (const box of [
    "plain | bus | stripe-webhook-bus",
    "good | 3 workflows | write-payment | 2 executions",
    "good | 3 workflows | sync-subscription | 1 execution",
    "plain | 10 workflows | record-reversal | 0 executions",
    "plain | state machine | reconcile | 0 executions",
    "good | Lambda | resolve-customer | 3 calls",
    "plain | queue | parked | 0 waiting",
    "plain | table | payments",
    "plain | most of the | state machines",
  ])
    assert.ok(boxes.includes(box), `${box} is not in ${boxes.join("\n")}`);
  // From each of the definitions there would be 42.
  assert.is(html.match(/<g class="edge/g)?.length, 29);
  assert.match(html, /<g class="edge taken">.*?>2<\/text/s);
  assert.match(html, "no alarm is on");
  assert.match(html, /\d{3} alarms that are not on/);
});

test("shows what fails, what waits as a dead letter, and the alarms that are on", async () => {
  await served.setFaults({ seed: 1, faults: [{ hop: "lambda", kind: "throws", probability: 1 }] });
  await post("invoice.paid");
  // Alarms are evaluated by the minute: lets ten of them pass.
  await served.setFaults({ seed: 1, faults: [{ hop: "delivery", kind: "late", probability: 1 }] });
  await post("refund.created");
  await served.setFaults(null);
  served.cloudwatch.check();
  const html = await read("/system");
  const boxes = boxesIn(html);
  const failed = boxes.find((box) => box.includes("write-payment | 3 executions"));
  assert.is(failed, "bad | 3 workflows | write-payment | 3 executions, 1 failed");
  assert.ok(boxes.includes("warn | queue | dead-letter-queue | 1 waiting"));
  const [, alarm = ""] = /aria-label="Alarms that are on">(.*?)<\/table>/s.exec(html) ?? [];
  assert.match(alarm, /<th scope="row">dev-homebiyori-dead-letter-queue-not-empty<\/th>/);
  assert.match(alarm, /in alarm/);
  assert.match(alarm, /<time datetime="/);

  const workflows = boxesIn(await read("/system/definitions/write-payment"));
  assert.ok(workflows.includes("bad | state machine | invoice-paid | 2 executions, 1 failed"), workflows.join("\n"));
  assert.ok(workflows.includes("good | rule | payment-succeeded-rule | 1 matched"));
});

test("leads to a page for each part, which says what it is and may do", async () => {
  const linksIn = (html: string) => [...html.matchAll(/href="(\/system\/[^"]+)"/g)].map(([, link = ""]) => link);
  const links = new Set(linksIn(await read("/system")));
  // What is added is gone through too.
  for (const link of links) for (const another of linksIn(await read(link))) links.add(another);
  const named = served.graph.resources.filter(({ type }) =>
    /:(EventRule|StateMachine|Function|Queue|Table|EventBus)$/.test(type),
  );
  assert.ok(named.length > 45);
  for (const { name } of named) assert.ok(links.has(`/system/${name}`), name);

  const lambda = await read("/system/write-payment");
  assert.match(lambda, /<dt>HOMEBIYORI_PAYMENTS<\/dt>\s*<dd>dev-homebiyori-payments<\/dd>/);
  assert.match(lambda, "/aws/lambda/dev-homebiyori-write-payment");
  assert.match(lambda, /dynamodb:Query, dynamodb:UpdateItem<\/th>\s*<td>table\/dev-homebiyori-payments<\/td>/);
  assert.match(lambda, /state machine <a href="\/system\/payment-failed">/);
  assert.match(await read("/system/invoice-paid-rule"), /aria-label="Pattern">\s*\{[^<]*&quot;invoice.paid&quot;/);
  const machine = boxesIn(await read("/system/invoice-paid"));
  assert.ok(machine.includes("plain | Choice | IsItForUs"), machine.join("\n"));
  assert.match(await read("/system/dead-letter-queue"), /events\.amazonaws\.com<\/th>\s*<td>sqs:SendMessage/);
});

test("has no page for a name that is none, and shows that name as text", async () => {
  for (const path of ["/system/%3Cb%3E%1B", "/system/definitions/constructor", "/system/operator"]) {
    const { status, html } = await served.read(path);
    assert.is(status, 404, path);
    assert.not.match(html, "<b>");
    assert.not.match(html, "\u001b");
  }
});

test("asks CloudWatch once a minute on a deployed stack, and draws the system without its figures where it may not", async () => {
  const asked: string[] = [];
  const answer = (name: string, output: object) => () => {
    asked.push(name);
    return output;
  };
  calls = {
    GetMetricData: answer("GetMetricData", { MetricDataResults: [] }),
    DescribeAlarms: answer("DescribeAlarms", { MetricAlarms: [] }),
    GetQueueAttributes: () => ({
      Attributes: { ApproximateNumberOfMessages: "3", ApproximateNumberOfMessagesNotVisible: "1" },
    }),
  };
  let now = Date.now();
  const pages = makeConsole({
    target: localTarget(aws.url, stackOf(served.outputs, aws.url)),
    targetText: "--stack dev",
    graph: await graphOf("dev"),
    events: makeEventList(),
    now: () => now,
    canWrite: false,
    ending: new AbortController().signal,
  });
  const load = async () => (await pages.request("/system")).text();
  const [html] = await Promise.all([load(), load(), load()]);
  assert.ok(boxesIn(html).includes("warn | queue | parked | 4 waiting"));
  assert.match(html, 'data-refresh="60"');
  assert.equal(asked.toSorted(), ["DescribeAlarms", "GetMetricData"]);
  now += 60_000;
  await load();
  assert.is(asked.length, 4);

  calls["GetMetricData"] = () => {
    throw Object.assign(new Error("not authorized"), { name: "AccessDeniedException" });
  };
  now += 60_000;
  const denied = await load();
  assert.match(denied, /role="alert">AWS answers AccessDeniedException: not authorized/);
  assert.ok(boxesIn(denied).includes("plain | queue | parked"));
  assert.not.match(denied, /executions|alarms that/);
});

test.run();
