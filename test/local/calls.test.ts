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

// What the Lambdas that a type of event reaches may ask of tables, each as the actions of one statement.
const allowedFor = (eventType: string): string[] => {
  const definition = workflows.find((workflow) => workflow.eventType === eventType)?.definition ?? "";
  const policies = ofType(running.graph, "aws:iam/rolePolicy:RolePolicy");
  // A change is marked once it is published, in one of the tables.
  const lambdas = lambdasOf(readDefinition(definition)).filter((lambda) => lambda !== "mark-published");
  return lambdas.flatMap((lambda) => {
    const policy = policies.find(({ name }) => name === lambda)?.inputs["policy"];
    const actions = JSON.parse(`${policy}`).Statement.flatMap(({ Action }: { Action: string[] }) => Action);
    return actions.filter((action: string) => action.startsWith("dynamodb:"));
  });
};

// What they say the event before them has said.
const changesNothing = [
  "charge.dispute.funds_reinstated",
  "charge.dispute.funds_withdrawn",
  "invoice.paid",
  "invoice_payment.paid",
  "charge.refund.updated",
];

const without = (actions: string[], one: string): string[] => actions.toSpliced(actions.indexOf(one), 1);

// What an event costs in AWS is mostly decided by these: a call more is never an accident.
test("are one for each operation that a Lambda is allowed, and a duplicate that was read is not written again", async () => {
  const subject = subjectOf("calls", 1_767_225_600);
  const [first] = samplesOf(subject);
  let isLinked = false;
  for (const { event } of samplesOf(subject)) {
    const allowed = allowedFor(event.type);
    // A customer is tied to a user once.
    const isFirst = event.id === first?.event.id;
    const knownCustomer = allowed.includes("dynamodb:Query") && !isFirst;
    const linked = knownCustomer ? without(allowed, "dynamodb:UpdateItem") : allowed;
    // Only a failed attempt may have been told of twice.
    const isPaid = event.type.startsWith("invoice.") && event.type !== "invoice.payment_failed";
    const own = isPaid ? without(linked, "dynamodb:Query") : linked;
    // What paid it is known from then on, and named to its refunds and disputes.
    isLinked ||= event.type === "invoice_payment.paid";
    const namesPayer = isLinked && (isPaid || event.type === "invoice_payment.paid");
    const expected = namesPayer ? [...own, "dynamodb:UpdateItem"] : own;
    let states: string[] = [];
    const handle = async () => ({ states } = await running.handle(event));
    const made = await madeBy(handle);
    const marked = states.filter((state) => state === "MarkPublished").map(() => "dynamodb:UpdateItem");
    assert.equal(made.toSorted(), [...expected, ...marked].toSorted(), event.type);
    assert.is(marked.length, Number(!changesNothing.includes(event.type)), event.type);
    const again = await madeBy(handle);
    assert.not(states.includes("MarkPublished"), event.type);
    const reads = allowed.includes("dynamodb:GetItem");
    const known = isFirst ? without(expected, "dynamodb:UpdateItem") : expected;
    const left = known.filter((action) => !reads || action !== "dynamodb:UpdateItem");
    assert.equal(again.toSorted(), left.toSorted(), `${event.type} again`);
  }
});

test.run();
