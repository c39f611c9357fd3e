import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Statement } from "../../../emulator/iam/policy.ts";
import { findViolations, type Needs } from "../../../tools/audit/least-privilege.ts";
import { policiesOf, type Policy } from "../../../emulator/iam/graph-policies.ts";
import { graphOf } from "../../helpers/stack.ts";

const test = suite("least privilege");

// What only a smoke test does, on a stack that does not receive Stripe's events.
const ofSmokeTests = ["events:PutEvents", "dynamodb:DeleteItem"];

const withoutSmokeTests = (policy: Policy): Policy =>
  policy.name === "operator"
    ? { ...policy, statements: policy.statements.filter(({ Action }) => !ofSmokeTests.includes(`${Action}`)) }
    : policy;

test("dev's policies are prod's, except for those of the partner bus and of smoke tests", async () => {
  const [dev, prod] = [await graphOf("dev"), await graphOf("prod")];
  const resources = prod.resources.filter(({ name }) => !name.startsWith("forward-rule"));
  const textOf = (graph: typeof dev) =>
    JSON.stringify(policiesOf(graph).map(withoutSmokeTests)).replaceAll(
      `${graph.stack}-homebiyori`,
      "stack-homebiyori",
    );
  const arns = /,?"arn:aws:(events:[^"]*\/forward-rule[^"]*|logs:[^"]*:delivery-source:[^"]*)"/g;
  const ofProd = policiesOf(prod).find(({ name }) => name === "operator");
  assert.equal(ofProd, ofProd && withoutSmokeTests(ofProd));
  assert.is(textOf(dev).replaceAll(arns, ""), textOf({ ...prod, resources }).replaceAll(arns, ""));
});

// A role that may read two tables, and what it is used for.
const table = (name: string) => `arn:aws:dynamodb:eu-west-1:123456789012:table/${name}`;
const reading: Statement = { Effect: "Allow", Action: "dynamodb:GetItem", Resource: [table("a"), table("b")] };
const uses = ["a", "b"].map((name) => ({
  policies: ["role"],
  request: { action: "dynamodb:GetItem", resource: table(name) },
}));

const violations = (statements: Statement[], needs: Partial<Needs> = {}) =>
  findViolations([{ name: "role", arn: "", statements }], { uses, wildcards: [], ...needs });

test("allows what is used and nothing more, however the policy is written", () => {
  assert.equal(violations([reading]), []);
  assert.equal(
    violations([
      { ...reading, Resource: table("a") },
      { ...reading, Resource: table("b") },
    ]),
    [],
  );
});

test("is broken by a use that is not allowed, and by a permission that is not used", () => {
  assert.equal(violations([{ ...reading, Resource: table("a") }]), [
    `role: dynamodb:GetItem on ${table("b")} is used, and not allowed`,
  ]);
  assert.equal(violations([reading], { uses: uses.slice(0, 1) }), [
    `role: no use needs {"Effect":"Allow","Action":"dynamodb:GetItem","Resource":"${table("b")}"}`,
  ]);
  const [twice] = violations([reading, { ...reading, Resource: table("a") }]);
  assert.match(`${twice}`, "role: no use needs");
});

test("is broken by an undocumented wildcard, and by a stale one in the list", () => {
  const anywhere = { ...reading, Resource: "*" };
  const listed = { policy: "role", actions: ["dynamodb:GetItem"], text: "*", reason: "a reason" };
  assert.equal(violations([anywhere]), ["role: dynamodb:GetItem with the undocumented wildcard *"]);
  assert.equal(violations([anywhere], { wildcards: [listed] }), []);
  assert.equal(violations([reading], { wildcards: [listed] }), ["role: the documented wildcard * is stale"]);
  const [other] = violations([anywhere], { wildcards: [{ ...listed, actions: ["dynamodb:Query"] }] });
  assert.match(`${other}`, "with the undocumented wildcard");
});

test("is broken by unauthorized access", () => {
  const sending: Statement = {
    Effect: "Allow",
    Principal: { Service: "events.amazonaws.com" },
    Action: "sqs:SendMessage",
    Resource: "queue",
    Condition: { ArnEquals: { "aws:SourceArn": "arn:aws:events:eu-west-1:123456789012:rule/one" } },
  };
  const Condition = { Bool: { "aws:SecureTransport": "false" } };
  const denying: Statement = { Effect: "Deny", Principal: "*", Action: "sqs:*", Resource: "queue", Condition };
  const context = {
    "aws:SourceArn": "arn:aws:events:eu-west-1:123456789012:rule/one",
    "aws:SecureTransport": "true",
  };
  const request = { action: "sqs:SendMessage", resource: "queue", principal: "events.amazonaws.com", context };
  const violationsOf = (...statements: Statement[]) =>
    violations(statements, { uses: [{ policies: ["role"], request }] });
  assert.equal(violationsOf(sending, denying), []);
  assert.match(violationsOf(sending).join(), "aws:SecureTransport false is allowed, and must be denied");
  const { Condition: _, ...unconditional } = sending;
  assert.match(violationsOf(unconditional, denying).join(), "arn:aws:events:eu-west-1:999999999999:rule/one");
  assert.match(violationsOf(unconditional, denying).join(), "123456789012:rule/one-other");
  const services = { Service: ["events.amazonaws.com", "other.amazonaws.com"] };
  assert.match(violationsOf({ ...sending, Principal: services }, denying).join(), "by other.amazonaws.com");
});

test.run();
