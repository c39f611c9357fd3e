import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Statement } from "../../../emulator/iam/policy.ts";
import { excessOf, type Needs } from "../../../tools/audit/least-privilege.ts";
import { policiesOf, type Policy } from "../../../emulator/iam/graph-policies.ts";
import { graphOf } from "../../helpers/stack.ts";

const test = suite("least privilege");

// What a smoke test does on a stack without Stripe, where it is seen to use it.
const ofSmokeTests = ["events:PutEvents", "dynamodb:DeleteItem"];

const withoutSmokeTests = (policy: Policy): Policy =>
  policy.name === "operator"
    ? { ...policy, statements: policy.statements.filter(({ Action }) => !ofSmokeTests.includes(`${Action}`)) }
    : policy;

test("dev's policies are prod's, but for those of Stripe's own bus and of smoke tests", async () => {
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

const excess = (statements: Statement[], needs: Partial<Needs> = {}) =>
  excessOf([{ name: "role", arn: "", statements }], { uses, wildcards: [], ...needs });

test("is what is used and nothing more, however it is written", () => {
  assert.equal(excess([reading]), []);
  assert.equal(
    excess([
      { ...reading, Resource: table("a") },
      { ...reading, Resource: table("b") },
    ]),
    [],
  );
});

test("is broken by what is used and not allowed, and by what is allowed and not used", () => {
  assert.equal(excess([{ ...reading, Resource: table("a") }]), [
    `role: dynamodb:GetItem on ${table("b")} is used, and not allowed`,
  ]);
  assert.equal(excess([reading], { uses: uses.slice(0, 1) }), [
    `role: nobody needs {"Effect":"Allow","Action":"dynamodb:GetItem","Resource":"${table("b")}"}`,
  ]);
  const [twice] = excess([reading, { ...reading, Resource: table("a") }]);
  assert.match(`${twice}`, "role: nobody needs");
});

test("is broken by a wildcard that is in no list, and by one in the list that is not there", () => {
  const anywhere = { ...reading, Resource: "*" };
  const listed = { policy: "role", actions: ["dynamodb:GetItem"], text: "*", reason: "a reason" };
  assert.equal(excess([anywhere]), ["role: dynamodb:GetItem with the wildcard *, which is in no list"]);
  assert.equal(excess([anywhere], { wildcards: [listed] }), []);
  assert.equal(excess([reading], { wildcards: [listed] }), ["role: there is no wildcard * any more"]);
  const [other] = excess([anywhere], { wildcards: [{ ...listed, actions: ["dynamodb:Query"] }] });
  assert.match(`${other}`, "which is in no list");
});

test("is broken by whatever lets somebody else in", () => {
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
  const lettingIn = (...statements: Statement[]) => excess(statements, { uses: [{ policies: ["role"], request }] });
  assert.equal(lettingIn(sending, denying), []);
  assert.match(lettingIn(sending).join(), "aws:SecureTransport false is allowed, which nobody may do");
  const { Condition: _, ...unconditional } = sending;
  assert.match(lettingIn(unconditional, denying).join(), "arn:aws:events:eu-west-1:999999999999:rule/one");
  assert.match(lettingIn(unconditional, denying).join(), "123456789012:rule/one-other");
  const services = { Service: ["events.amazonaws.com", "other.amazonaws.com"] };
  assert.match(lettingIn({ ...sending, Principal: services }, denying).join(), "by other.amazonaws.com");
});

test.run();
