import { suite } from "uvu";
import * as assert from "uvu/assert";
import { VirtualClock } from "../../../emulator/time/clock.ts";
import { type EventBuses, makeEventBuses } from "../../../emulator/eventbridge/buses.ts";
import { type FaultPlan, makeFaults } from "../../../emulator/faults/faults.ts";
import { type Graph, ofType } from "../../../emulator/graph/graph.ts";
import { makeMetrics } from "../../../emulator/cloudwatch/metrics.ts";
import { permissionsOf } from "../../../emulator/iam/permissions.ts";
import type { Queue } from "../../../emulator/sqs/queue.ts";
import { makeQueues } from "../../../emulator/sqs/queues.ts";
import { eventIdOf } from "../../../local/stripe-envelope.ts";
import { sampleEvent } from "../../../samples/stripe-objects.ts";
import { onTheBus } from "../../events/envelope.ts";
import { graphOf } from "../../helpers/stack.ts";

const test = suite("a delivery");

interface Buses extends EventBuses {
  graph: Graph;
  clock: VirtualClock;
  deadLetters: Queue | undefined;
  /** The machines that were started. */
  started: string[];
}

// Prod's graph, with every statement of one kind of policy changed, of those whose names begin so.
const changed = async (type: string, field: string, more: object, beginning = ""): Promise<Graph> => {
  const prod = await graphOf("prod");
  const resources = prod.resources.map((resource) => {
    if (resource.type !== type || !resource.name.startsWith(beginning)) return resource;
    const policy = JSON.parse(`${resource.inputs[field]}`);
    const Statement = policy.Statement.map((statement: object) => ({ ...statement, ...more }));
    return { ...resource, inputs: { ...resource.inputs, [field]: JSON.stringify({ ...policy, Statement }) } };
  });
  return { ...prod, resources };
};

const doingNothing = (name: string) =>
  changed("aws:iam/rolePolicy:RolePolicy", "policy", { Action: "events:Nothing" }, name);

const busesOf = (graph: Graph, faults: FaultPlan["faults"] = []): Buses => {
  const clock = new VirtualClock(0);
  const queues = makeQueues(graph, null).all;
  const started: string[] = [];
  const startTarget = async (arn: string) => {
    started.push(arn);
    return Promise.reject(new Error("Nothing is run here"));
  };
  const around = {
    permissions: permissionsOf(graph, "operator"),
    clock,
    metrics: makeMetrics(clock, 60),
    archives: [],
  };
  const { inject } = makeFaults({ seed: 1, faults });
  const buses = makeEventBuses({ ...around, graph, queues, startTarget, inject, eventIdOf, follow: () => {} });
  return {
    ...buses,
    graph,
    clock,
    started,
    deadLetters: queues.find(({ name }) => name.endsWith("dead-letter-queue")),
  };
};

const put = async (buses: Buses) => {
  const rule = ofType(buses.graph, "aws:cloudwatch/eventRule:EventRule")[0];
  const [source] = JSON.parse(`${rule?.inputs["eventPattern"]}`).source;
  await buses.put({ ...onTheBus(sampleEvent("evt_1", "invoice.paid", 1, {})), source });
  return buses.deadLetters?.messages.map(({ attributes }) => attributes) ?? [];
};

test("that the rule's role may not make is dead-lettered at once, and says so as AWS does", async () => {
  const cases = [
    ["forward-rule", "events:PutEvents"],
    ["invoice-paid-rule", "states:StartExecution"],
  ] as const;
  for (const [name, action] of cases) {
    const buses = busesOf(await doingNothing(name));
    const [letter] = await put(buses);
    assert.equal([letter?.["ERROR_CODE"], letter?.["RETRY_ATTEMPTS"], buses.clock.now()], ["NO_PERMISSIONS", "0", 0]);
    const who = `User: arn:aws:sts::123456789012:assumed-role/prod-homebiyori-${name}`;
    assert.match(`${letter?.["ERROR_MESSAGE"]}`, who);
    assert.match(`${letter?.["ERROR_MESSAGE"]}`, `is not authorized to perform: ${action} on resource: arn:aws:`);
    assert.equal(buses.started, []);
  }
});

test("for which the rule's role cannot be taken on is dead-lettered at once, by another code", async () => {
  const Principal = { Service: "other.amazonaws.com" };
  const buses = busesOf(await changed("aws:iam/role:Role", "assumeRolePolicy", { Principal }));
  const [letter] = await put(buses);
  assert.is(letter?.["ERROR_CODE"], "FAILED_TO_ASSUME_ROLE");
  assert.match(`${letter?.["ERROR_MESSAGE"]}`, "cannot be assumed by the service principal events.amazonaws.com");
});

test("that cannot be forwarded is tried three times more, then dead-lettered by the rule of Stripe's bus", async () => {
  const buses = busesOf(await graphOf("prod"), [{ hop: "forward", kind: "fails", events: ["evt_1"] }]);
  const [letter] = await put(buses);
  assert.equal([letter?.["ERROR_CODE"], letter?.["RETRY_ATTEMPTS"]], ["THROTTLING", "3"]);
  assert.match(`${letter?.["RULE_ARN"]}`, "rule/aws.partner/stripe.com/ed_0000000000000000/forward-rule");
  assert.ok(buses.clock.now() >= 14_000);
});

test("that not even the queue's policy lets be dead-lettered is lost", async () => {
  const graph = await changed("aws:sqs/queuePolicy:QueuePolicy", "policy", { Effect: "Deny" });
  const buses = busesOf(graph, [{ hop: "forward", kind: "fails", events: ["evt_1"] }]);
  assert.equal(await put(buses), []);
});

test.run();
