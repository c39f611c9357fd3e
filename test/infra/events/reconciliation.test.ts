import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Graph, ofType, type Resource } from "../../../emulator/graph/graph.ts";
import { graphOf } from "../../helpers/stack.ts";

const test = suite("the reconciliation");

const named = (graph: Pick<Graph, "resources">, type: string, name: string): Resource => {
  const resource = ofType(graph, type).find((candidate) => candidate.name === name);
  if (!resource) throw new Error(`There is no ${type} ${name}`);
  return resource;
};

const machine = "aws:sfn/stateMachine:StateMachine";
const queue = "aws:sqs/queue:Queue";

test("compares all rows with Stripe's every night, where there is a Stripe", async () => {
  for (const [stack, state] of [
    ["dev", "DISABLED"],
    ["prod", "ENABLED"],
  ] as const) {
    const graph = await graphOf(stack);
    const { inputs } = named(graph, "aws:scheduler/schedule:Schedule", "reconcile");
    const { target: schedulesTarget, ...rest } = inputs;
    assert.equal(rest, {
      name: `${stack}-homebiyori-reconcile`,
      description: "Compares all rows with Stripe's",
      scheduleExpression: "cron(30 18 * * ? *)",
      scheduleExpressionTimezone: "UTC",
      flexibleTimeWindow: { mode: "OFF" },
      state,
    });
    assert.equal(schedulesTarget, {
      arn: named(graph, machine, "reconcile").outputs["arn"],
      roleArn: named(graph, "aws:iam/role:Role", "reconcile-schedule").outputs["arn"],
      input: '{"run":{}}',
      retryPolicy: { maximumRetryAttempts: 10, maximumEventAgeInSeconds: 3600 },
      deadLetterConfig: { arn: named(graph, queue, "dead-letter-queue").outputs["arn"] },
    });
  }
});

test.run();
