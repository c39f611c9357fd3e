import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Graph, ofType } from "../../../emulator/graph/graph.ts";
import { type Permissions, permissionsOf } from "../../../emulator/iam/permissions.ts";
import { thrown } from "../../helpers/rejects.ts";
import { graphOf } from "../../helpers/stack.ts";

const test = suite("permissions");

let graph: Graph;
let permissions: Permissions;
test.before(async () => {
  graph = await graphOf("dev");
  permissions = permissionsOf(graph, "operator");
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
  permissions.roleRefusal(role(name), { service: "lambda.amazonaws.com", session: "s" }, { action, resource })
    ?.message ?? null;

const asMachine = (name: string, action: string, resource: string, secure = "true") => {
  const context = { "aws:SourceArn": machine(name), "aws:SourceAccount": graph.account };
  const by = { service: "states.amazonaws.com", session: "s", context };
  const request = { action, resource, context: { "aws:SecureTransport": secure } };
  return permissions.roleRefusal(role(name), by, request)?.message ?? null;
};

test("lets a Lambda do what it is for, on its own table, and nothing else", () => {
  const allowed: [string, string, string][] = [
    ["resolve-customer", "dynamodb:Query", `${table("core")}/index/GSI2`],
    ["resolve-customer", "dynamodb:UpdateItem", table("core")],
    ["write-payment", "dynamodb:UpdateItem", table("payments")],
    ["sync-subscription", "dynamodb:GetItem", table("core")],
    ["sync-subscription", "dynamodb:UpdateItem", table("core")],
  ];
  const refused: [string, string, string][] = [
    ["resolve-customer", "dynamodb:Query", table("core")],
    ["resolve-customer", "dynamodb:Scan", `${table("core")}/index/GSI2`],
    ["resolve-customer", "dynamodb:PutItem", table("core")],
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
    `User: arn:aws:sts::${graph.account}:assumed-role/dev-homebiyori-write-payment/s is not authorized to perform: dynamodb:DeleteItem on resource: ${table("payments")} because no identity-based policy allows the dynamodb:DeleteItem action`,
  );
});

test("lets no other service take a role on", () => {
  const request = { action: "dynamodb:UpdateItem", resource: table("payments") };
  const by = { service: "events.amazonaws.com", session: "s" };
  assert.equal(permissions.roleRefusal(role("write-payment"), by, request), {
    isTrust: true,
    message: `The role ${role("write-payment")} cannot be assumed by the service principal events.amazonaws.com`,
  });
});

test("lets a role be taken on only on behalf of what it is for", () => {
  const own = rule("payment-failed-rule");
  const start = (sourceArn: string, account = graph.account) => {
    const context = { "aws:SourceArn": sourceArn, "aws:SourceAccount": account };
    const by = { service: "events.amazonaws.com", session: "s", context };
    const request = { action: "states:StartExecution", resource: machine("payment-failed") };
    return permissions.roleRefusal(role("payment-failed-rule"), by, request)?.isTrust ?? null;
  };
  assert.is(start(own), null);
  assert.is(start(rule("payment-succeeded-rule")), true);
  assert.is(start(own, "210987654321"), true);
});

test("knows nothing of a role that is not in the graph", () => {
  const arn = `arn:aws:iam::${graph.account}:role/missing`;
  const by = { service: "lambda.amazonaws.com", session: "s" };
  assert.is(permissions.roleRefusal(arn, by, { action: "a:b", resource: "*" })?.isTrust, true);
  assert.equal(permissions.statementsOf(arn), []);
});

test("hands out the statements of a role and no others", () => {
  const actions = permissions.statementsOf(role("link-payment")).flatMap(({ Action }) => Action);
  assert.ok(actions.includes("dynamodb:UpdateItem"));
  assert.not(actions.includes("dynamodb:Query"));
  assert.not(actions.includes("sts:AssumeRole"));
});

const sending = (sourceArn: string, more: { principal?: string; action?: string; secure?: string } = {}) =>
  permissions.serviceRefusal({
    action: more.action ?? "sqs:SendMessage",
    resource: queue(),
    principal: more.principal ?? "events.amazonaws.com",
    context: { "aws:SourceArn": sourceArn, "aws:SecureTransport": more.secure ?? "true" },
  })?.message ?? null;

test("lets every rule send to the queue", () => {
  for (const { outputs } of ofType(graph, "aws:cloudwatch/eventRule:EventRule")) {
    assert.is(sending(String(outputs["arn"])), null);
  }
});

test("lets no one else send to the queue, and allows nothing else on it", () => {
  const own = rule("payment-failed-rule");
  assert.is(
    sending(`${own}-2`),
    `User: events.amazonaws.com is not authorized to perform: sqs:sendmessage on resource: ${queue()} because no resource-based policy allows the sqs:sendmessage action`,
  );
  assert.match(`${sending(own, { principal: "states.amazonaws.com" })}`, "is not authorized");
  assert.match(`${sending(own, { action: "sqs:DeleteMessage" })}`, "is not authorized");
});

test("denies everyone the use of a queue without TLS, and says so", () => {
  const denied = "with an explicit deny in a resource-based policy";
  assert.match(`${sending(rule("payment-failed-rule"), { secure: "false" })}`, denied);
  assert.match(`${asMachine("payment-failed", "sqs:SendMessage", queue(), "false")}`, denied);
  const receive = { action: "sqs:ReceiveMessage", resource: queue() };
  const asOperator = (secure: string) =>
    permissions.operatorRefusal({ ...receive, context: { "aws:SecureTransport": secure } })?.message ?? null;
  assert.match(`${asOperator("false")}`, denied);
  assert.is(asOperator("true"), null);
});

test("lets an operator do what their commands do, and nothing else", () => {
  const parked = arnOf("aws:sqs/queue:Queue", "parked");
  const asOperator = (action: string, resource: string) =>
    permissions.operatorRefusal({ action, resource, context: { "aws:SecureTransport": "true" } })?.message ?? null;
  assert.is(asOperator("states:StartSyncExecution", machine("payment-failed")), null);
  assert.is(asOperator("sqs:SendMessage", parked), null);
  const group = arnOf("aws:cloudwatch/logGroup:LogGroup", "write-payment");
  assert.is(asOperator("logs:FilterLogEvents", `${group}:log-stream:`), null);
  assert.is(asOperator("dynamodb:GetItem", arnOf("aws:dynamodb/table:Table", "core")), null);
  assert.match(`${asOperator("dynamodb:PutItem", arnOf("aws:dynamodb/table:Table", "core"))}`, "is not authorized");
  assert.match(`${asOperator("logs:DeleteLogGroup", `${group}:log-stream:`)}`, "is not authorized");
  assert.is(asOperator("sqs:SendMessage", queue()), null);
  assert.is(
    asOperator("sqs:PurgeQueue", parked),
    `User: arn:aws:iam::${graph.account}:user/operator is not authorized to perform: sqs:purgequeue on resource: ${parked} because no identity-based policy allows the sqs:purgequeue action`,
  );
  assert.match(`${asOperator("states:StartExecution", machine("payment-failed"))}`, "is not authorized");
  const archive = arnOf("aws:cloudwatch/eventArchive:EventArchive", "stripe-webhook-bus");
  const replay = archive.replace(":archive/", ":replay/");
  for (const resource of [archive, arnOf("aws:cloudwatch/eventBus:EventBus", "stripe-webhook-bus"), `${replay}-1`])
    assert.is(asOperator("events:StartReplay", resource), null);
  assert.is(asOperator("events:CancelReplay", `${replay}-1`), null);
  assert.match(`${asOperator("events:CancelReplay", replay.replace("dev-", "prod-"))}`, "is not authorized");
});

test("keeps a record of all that was asked, and by which policies it was decided, once each", () => {
  const fresh = permissionsOf(graph, "operator");
  const by = { service: "lambda.amazonaws.com", session: "s" };
  const request = { action: "dynamodb:Scan", resource: table("core") };
  for (const _ of [1, 2]) fresh.roleRefusal(role("write-payment"), by, request);
  const assume = { action: "sts:AssumeRole", resource: role("write-payment"), principal: "lambda.amazonaws.com" };
  assert.equal(fresh.uses(), [
    { policies: ["trust of write-payment"], request: assume },
    { policies: ["role write-payment"], request },
  ]);
});

test("refuses a graph with a policy in a place that it does not know", () => {
  const inputs = { policy: JSON.stringify({ Version: "2012-10-17", Statement: [] }) };
  const bucket = { type: "aws:s3/bucketPolicy:BucketPolicy", name: "a-bucket", inputs };
  const resources = graph.resources.map((resource, index) => (index === 0 ? { ...resource, ...bucket } : resource));
  assert.is(
    thrown(() => permissionsOf({ ...graph, resources }, "operator")).message,
    "a-bucket: the emulator does not know the policies of a aws:s3/bucketPolicy:BucketPolicy",
  );
});

test("refuses a graph with a policy that it does not understand, by the role's name", () => {
  const resources = graph.resources.map((resource) => {
    if (resource.type !== "aws:iam/rolePolicy:RolePolicy" || resource.name !== "write-payment") return resource;
    const policy = { Version: "2012-10-17", Statement: [{ Effect: "Allow", NotAction: "s3:*", Resource: "*" }] };
    return { ...resource, inputs: { ...resource.inputs, policy: JSON.stringify(policy) } };
  });
  assert.match(
    thrown(() => permissionsOf({ ...graph, resources }, "operator")).message,
    /^policy of write-payment: the emulator does not run this as AWS does, at Statement\.0\./,
  );
});

test.run();
