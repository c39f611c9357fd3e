import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Graph, ofType } from "../../local/graph.ts";
import { type Permissions, permissionsOf } from "../../local/permissions.ts";
import { thrown } from "../helpers/rejects.ts";
import { graphOf } from "../helpers/stack.ts";

const test = suite("permissions");

let graph: Graph;
let permissions: Permissions;
test.before(async () => {
  graph = await graphOf("dev");
  permissions = permissionsOf(graph);
});

const arnOf = (type: string, name: string): string => {
  const found = ofType(graph, type).find((resource) => resource.name === name);
  if (!found) throw new Error(`There is no ${type} ${name}`);
  return String(found.outputs["arn"]);
};

const role = (name: string) => arnOf("aws:iam/role:Role", name);
const table = (name: string) => arnOf("aws:dynamodb/table:Table", name);
const lambda = (name: string) => arnOf("aws:lambda/function:Function", name);
const machine = (name: string) => arnOf("aws:sfn/stateMachine:StateMachine", name);
const rule = (name: string) => arnOf("aws:cloudwatch/eventRule:EventRule", name);
const queue = () => arnOf("aws:sqs/queue:Queue", "dead-letter-queue");

const asLambda = (name: string, action: string, resource: string) =>
  permissions.refusal(role(name), "lambda.amazonaws.com", { action, resource });

const asMachine = (name: string, action: string, resource: string) =>
  permissions.refusal(role(name), "states.amazonaws.com", {
    action,
    resource,
    context: { "aws:SourceArn": machine(name), "aws:SourceAccount": graph.account },
  });

test("lets a Lambda do what it is for, on its own table, and nothing else", () => {
  const allowed: [string, string, string][] = [
    ["resolve-customer", "dynamodb:Query", `${table("core")}/index/GSI2`],
    ["write-payment", "dynamodb:UpdateItem", table("payments")],
    ["sync-subscription", "dynamodb:GetItem", table("core")],
    ["sync-subscription", "dynamodb:UpdateItem", table("core")],
  ];
  const refused: [string, string, string][] = [
    ["resolve-customer", "dynamodb:Query", table("core")],
    ["resolve-customer", "dynamodb:Scan", `${table("core")}/index/GSI2`],
    ["resolve-customer", "dynamodb:UpdateItem", table("core")],
    ["write-payment", "dynamodb:UpdateItem", table("core")],
    ["write-payment", "dynamodb:DeleteItem", table("payments")],
    ["sync-subscription", "dynamodb:UpdateItem", table("payments")],
    ["sync-subscription", "dynamodb:PutItem", table("core")],
  ];
  for (const [name, action, resource] of allowed) assert.is(asLambda(name, action, resource), null);
  for (const [name, action, resource] of refused) {
    assert.match(`${asLambda(name, action, resource)}`, "is not authorized to perform");
  }
});

test("lets a machine call its own Lambdas and send to the dead-letter queue", () => {
  const invoke = "lambda:InvokeFunction";
  assert.is(asMachine("payment-failed", invoke, lambda("write-payment")), null);
  assert.is(asMachine("payment-failed", "sqs:SendMessage", queue()), null);
  assert.match(`${asMachine("payment-failed", invoke, lambda("sync-subscription"))}`, "is not authorized");
  assert.match(`${asMachine("payment-failed", "sqs:ReceiveMessage", queue())}`, "is not authorized");
});

test("says in AWS's words who may not do what", () => {
  assert.is(
    asLambda("write-payment", "dynamodb:DeleteItem", table("payments")),
    `User: ${role("write-payment")} is not authorized to perform: dynamodb:DeleteItem on resource: ${table("payments")} because no identity-based policy allows the dynamodb:DeleteItem action`,
  );
});

test("lets no other service take a role on", () => {
  const request = { action: "dynamodb:UpdateItem", resource: table("payments") };
  assert.is(
    permissions.refusal(role("write-payment"), "events.amazonaws.com", request),
    `The role ${role("write-payment")} cannot be assumed by the service principal events.amazonaws.com`,
  );
});

test("lets a role be taken on only on behalf of what it is for", () => {
  const start = (context?: Record<string, string>) =>
    permissions.refusal(role("payment-failed-rule"), "events.amazonaws.com", {
      action: "states:StartExecution",
      resource: machine("payment-failed"),
      ...(context && { context }),
    });
  assert.is(start({ "aws:SourceArn": rule("payment-failed-rule") }), null);
  assert.match(`${start({ "aws:SourceArn": rule("payment-succeeded-rule") })}`, "cannot be assumed");
  assert.match(`${start()}`, "cannot be assumed");
});

test("knows nothing of a role that is not in the graph", () => {
  const arn = `arn:aws:iam::${graph.account}:role/nobody`;
  assert.match(
    `${permissions.refusal(arn, "lambda.amazonaws.com", { action: "a:b", resource: "*" })}`,
    "cannot be assumed",
  );
  assert.equal(permissions.statementsOf(arn), []);
});

test("hands out the statements of a role and no others", () => {
  const actions = permissions.statementsOf(role("write-payment")).flatMap(({ Action }) => Action);
  assert.ok(actions.includes("dynamodb:UpdateItem"));
  assert.not(actions.includes("dynamodb:Query"));
  assert.not(actions.includes("sts:AssumeRole"));
});

const sending = (sourceArn: string, more: { principal?: string; action?: string; secure?: string } = {}) =>
  permissions.queueRefusal({
    action: more.action ?? "sqs:SendMessage",
    resource: queue(),
    principal: more.principal ?? "events.amazonaws.com",
    context: { "aws:SourceArn": sourceArn, "aws:SecureTransport": more.secure ?? "true" },
  });

test("lets every rule send to the queue", () => {
  for (const { outputs } of ofType(graph, "aws:cloudwatch/eventRule:EventRule")) {
    assert.is(sending(String(outputs["arn"])), null);
  }
});

test("lets nobody else send to the queue, nor anything else be done with it", () => {
  const own = rule("payment-failed-rule");
  assert.is(
    sending(`${own}-2`),
    `User: events.amazonaws.com is not authorized to perform: sqs:SendMessage on resource: ${queue()} because no resource-based policy allows the sqs:SendMessage action`,
  );
  assert.match(`${sending(own, { principal: "states.amazonaws.com" })}`, "is not authorized");
  assert.match(`${sending(own, { action: "sqs:DeleteMessage" })}`, "is not authorized");
});

test("lets not even a rule send to the queue without TLS", () => {
  assert.match(`${sending(rule("payment-failed-rule"), { secure: "false" })}`, "is not authorized");
});

test("refuses a graph with a policy that it does not understand, by the role's name", () => {
  const resources = graph.resources.map((resource) => {
    if (resource.type !== "aws:iam/rolePolicy:RolePolicy" || resource.name !== "write-payment") return resource;
    const policy = { Version: "2012-10-17", Statement: [{ Effect: "Allow", NotAction: "s3:*", Resource: "*" }] };
    return { ...resource, inputs: { ...resource.inputs, policy: JSON.stringify(policy) } };
  });
  assert.match(
    thrown(() => permissionsOf({ ...graph, resources })).message,
    /^policy of write-payment: the runner does not run this as AWS does, at Statement\.0\./,
  );
});

test.run();
