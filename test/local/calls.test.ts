import { emulatorKey } from "../../emulator/protocol/access-keys.ts";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { lambdasOf, readDefinition } from "../../infra/processing/definition.ts";
import { workflows } from "../../infra/workflows.ts";
import { ofType } from "../../emulator/graph/graph.ts";
import { samplesOf } from "../../samples/events.ts";
import { subjectOf } from "../../samples/month.ts";
import { type Running, startRunning } from "../helpers/running.ts";

const test = suite("the calls of DynamoDB");

let running: Running;
test.before(async () => {
  running = await startRunning();
});
test.after(() => running.stop());

const madeBy = async (work: () => Promise<unknown>): Promise<string[]> => {
  const before = await running.calls();
  await work();
  const after = Object.entries(await running.calls()).filter(([call]) => !call.startsWith(`${emulatorKey} `));
  return after.flatMap(([call, times]) => {
    const action = call.replace(/^\S+ (dynamodb:\w+) .*/, "$1");
    return Array.from({ length: times - (before[call] ?? 0) }, () => action);
  });
};

// What the Lambdas that a type of event reaches may ask of tables, each.
const allowedFor = (eventType: string): string[] => {
  const definition = workflows.find((workflow) => workflow.eventType === eventType)?.definition ?? "";
  const policies = ofType(running.graph, "aws:iam/rolePolicy:RolePolicy");
  return lambdasOf(readDefinition(definition)).flatMap((lambda) => {
    const policy = policies.find(({ name }) => name === lambda)?.inputs["policy"];
    const actions = JSON.parse(`${policy}`).Statement.flatMap(({ Action }: { Action: string[] }) => Action);
    return actions.filter((action: string) => action.startsWith("dynamodb:"));
  });
};

// What an event costs in AWS is mostly decided by these: a call more is never an accident.
test("are one for each operation that a Lambda is allowed, and a duplicate that was read is not written again", async () => {
  for (const { event } of samplesOf(subjectOf("calls", 1_767_225_600))) {
    const allowed = allowedFor(event.type);
    const first = await madeBy(() => running.handle(event));
    assert.equal(first.toSorted(), allowed.toSorted(), event.type);
    const again = await madeBy(() => running.handle(event));
    const reads = allowed.includes("dynamodb:GetItem");
    const expected = allowed.filter((action) => !reads || action !== "dynamodb:UpdateItem");
    assert.equal(again.toSorted(), expected.toSorted(), `${event.type} again`);
  }
});

test.run();
