import { suite } from "uvu";
import * as assert from "uvu/assert";
import { allows, decide, readPolicy, type Request } from "../../../emulator/iam/policy.ts";
import { thrown } from "../../helpers/rejects.ts";

const test = suite("iam");

const table = "arn:aws:dynamodb:ap-northeast-1:123456789012:table/core";

const statement = (more: object = {}) => ({ Effect: "Allow", Action: "dynamodb:GetItem", Resource: table, ...more });

const read = (...statements: object[]) =>
  readPolicy(JSON.stringify({ Version: "2012-10-17", Statement: statements }), "policy");

const request = (more: Partial<Request> = {}): Request => ({ action: "dynamodb:GetItem", resource: table, ...more });

/** Whether a statement, else as above, allows a request, else as above. */
const isAllowed = (fields: object, asked: Partial<Request> = {}) => allows(read(statement(fields)), request(asked));

test("allows what a statement says, and nothing else", () => {
  assert.is(isAllowed({}), true);
  assert.is(isAllowed({}, { action: "dynamodb:PutItem" }), false);
  assert.is(isAllowed({}, { resource: `${table}/index/GSI2` }), false);
  assert.is(allows([], request()), false);
});

test("allows what any of several statements says", () => {
  const statements = read(statement({ Action: "dynamodb:Query" }), statement());
  assert.is(allows(statements, request()), true);
  assert.is(allows(statements, request({ action: "dynamodb:Query" })), true);
});

test("lets an explicit denial win, wherever it stands", () => {
  const denial = statement({ Effect: "Deny" });
  assert.is(allows(read(statement(), denial), request()), false);
  assert.is(allows(read(denial, statement()), request()), false);
  assert.is(allows(read(denial, statement({ Action: "*" })), request({ action: "dynamodb:PutItem" })), true);
  assert.is(allows(read(denial), request({ action: "dynamodb:PutItem" })), false);
});

test("takes lists of actions and of resources, of which one must fit", () => {
  const fields = { Action: ["dynamodb:Query", "dynamodb:GetItem"], Resource: [`${table}/index/GSI2`, table] };
  assert.is(isAllowed(fields), true);
  assert.is(isAllowed(fields, { action: "dynamodb:Scan" }), false);
  assert.is(isAllowed({ Action: [], Resource: [table] }), false);
});

test("takes * for any text and ? for one character, and any other character as it is", () => {
  const actions: [string, string, boolean][] = [
    ["*", "dynamodb:GetItem", true],
    ["dynamodb:*", "dynamodb:GetItem", true],
    ["dynamodb:*", "s3:GetItem", false],
    ["dynamodb:Get*", "dynamodb:Get", true],
    ["dynamodb:?etItem", "dynamodb:GetItem", true],
    ["dynamodb:?GetItem", "dynamodb:GetItem", false],
    ["dynamodb:?et", "dynamodb:GetItem", false],
    ["dynamodb:GetItem", "dynamodb:GetItems", false],
    ["dynamodb:Get.*", "dynamodb:GetItem", false],
  ];
  for (const [pattern, action, expected] of actions) {
    assert.is(isAllowed({ Action: pattern }, { action }), expected, `${pattern} of ${action}`);
  }
  const resources: [string, string, boolean][] = [
    ["*", table, true],
    [`${table}/*`, `${table}/index/GSI2`, true],
    [`${table}/*`, table, false],
    [`${table}*`, table, true],
    ["arn:aws:dynamodb:*:table/core", table, true],
    ["arn:*:table/cor?", table, true],
    ["arn:*:table/c.re", table, false],
    ["arn:*:table/(a|b)+$[*]", "arn:aws:table/(a|b)+$[x]", true],
    ["a*", "a\nb", true],
    [table.toUpperCase(), table, false],
  ];
  for (const [pattern, resource, expected] of resources) {
    assert.is(isAllowed({ Resource: pattern }, { resource }), expected, `${pattern} of ${resource}`);
  }
});

test("reads actions in any case, but resources as they are written", () => {
  assert.is(isAllowed({ Action: "DynamoDB:getitem" }), true);
  assert.is(isAllowed({}, { action: "DYNAMODB:GETITEM" }), true);
  assert.is(isAllowed({ Resource: table.replace("core", "Core") }), false);
});

test("wants the principal, where a statement names one", () => {
  const cases: [unknown, string | undefined, boolean][] = [
    [{ Service: "events.amazonaws.com" }, "events.amazonaws.com", true],
    [{ Service: "events.amazonaws.com" }, "states.amazonaws.com", false],
    [{ Service: "events.amazonaws.com" }, undefined, false],
    [{ Service: ["lambda.amazonaws.com", "events.amazonaws.com"] }, "events.amazonaws.com", true],
    [{ AWS: "arn:aws:iam::123456789012:role/one", Service: "a" }, "arn:aws:iam::123456789012:role/one", true],
    [{ AWS: "*" }, "anyone", true],
    ["*", undefined, true],
    // A principal has no wildcards but the * alone.
    [{ Service: "*.amazonaws.com" }, "events.amazonaws.com", false],
  ];
  for (const [Principal, principal, expected] of cases) {
    const asked = principal === undefined ? {} : { principal };
    assert.is(isAllowed({ Principal }, asked), expected, `${JSON.stringify(Principal)} of ${principal}`);
  }
});

const rule = "arn:aws:events:ap-northeast-1:123456789012:rule/bus/one";

test("holds each condition by its operator", () => {
  const cases: [operator: string, wanted: string | string[], value: string, expected: boolean][] = [
    ["StringEquals", "123456789012", "123456789012", true],
    ["StringEquals", "123456789012", "210987654321", false],
    ["StringEquals", ["a", "b"], "b", true],
    ["StringEquals", "a*", "ab", false],
    ["StringEquals", "a*", "a*", true],
    ["StringLike", "a*", "ab", true],
    ["StringLike", "a?c", "abc", true],
    ["StringLike", "a*", "ba", false],
    ["StringLike", "A*", "ab", false],
    ["ArnEquals", rule, rule, true],
    ["ArnEquals", rule, `${rule}-more`, false],
    ["ArnEquals", [rule, `${rule}-more`], `${rule}-more`, true],
    // To AWS the two operators of ARNs are the same.
    ["ArnEquals", "arn:aws:events:*:*:rule/bus/*", rule, true],
    ["ArnLike", "arn:aws:events:*:*:rule/bus/*", rule, true],
    ["ArnLike", "arn:aws:events:*:*:rule/other/*", rule, false],
    // A * stands for nothing beyond a colon, but in the last of an ARN's six parts.
    ["ArnLike", "arn:aws:*:rule/bus/*", rule, false],
    ["ArnLike", "arn:aws:logs:*:*:log-group:*", "arn:aws:logs:r:a:log-group:/aws/events:log-stream:1", true],
    ["Bool", "false", "false", true],
    ["Bool", "false", "true", false],
  ];
  for (const [operator, wanted, value, expected] of cases) {
    const fields = { Condition: { [operator]: { "aws:Key": wanted } } };
    assert.is(isAllowed(fields, { context: { "aws:Key": value } }), expected, `${operator} ${wanted} of ${value}`);
  }
});

test("holds no condition on what is not known of the request", () => {
  for (const operator of ["StringEquals", "StringLike", "ArnEquals", "ArnLike", "Bool"]) {
    const fields = { Condition: { [operator]: { "aws:SourceArn": "*" } } };
    assert.is(isAllowed(fields), false, operator);
    assert.is(isAllowed(fields, { context: { "aws:SourceAccount": "*" } }), false, operator);
  }
});

test("does not distinguish the case of a condition's key, but that of its value", () => {
  const fields = { Condition: { StringEquals: { "AWS:sourceaccount": "a" } } };
  assert.is(isAllowed(fields, { context: { "aws:SourceAccount": "a" } }), true);
  assert.is(isAllowed(fields, { context: { "aws:SourceAccount": "A" } }), false);
});

test("wants every condition and every key to hold", () => {
  const Condition = { StringEquals: { "aws:a": "1", "aws:b": "2" }, ArnEquals: { "aws:SourceArn": rule } };
  const context = { "aws:a": "1", "aws:b": "2", "aws:SourceArn": rule };
  assert.is(isAllowed({ Condition }, { context }), true);
  for (const key of Object.keys(context)) {
    assert.is(isAllowed({ Condition }, { context: { ...context, [key]: "other" } }), false, key);
  }
});

test("denies only where the condition of the denial holds", () => {
  const denial = statement({ Effect: "Deny", Action: "*", Condition: { Bool: { "aws:SecureTransport": "false" } } });
  const askedOver = (secure: string) => request({ context: { "aws:SecureTransport": secure } });
  assert.is(allows(read(statement(), denial), askedOver("true")), true);
  assert.is(allows(read(statement(), denial), askedOver("false")), false);
});

test("distinguishes a denial from what no statement allows", () => {
  assert.is(decide(read(statement()), request()), "allowed");
  assert.is(decide(read(statement(), statement({ Effect: "Deny" })), request()), "denied");
  assert.is(decide(read(statement()), request({ action: "dynamodb:Scan" })), "not allowed");
});

test("refuses a policy that it does not understand exactly, and says where", () => {
  const cases: [object, string][] = [
    [{ NotAction: "s3:*" }, "Statement.0.NotAction"],
    [{ NotResource: "*" }, "Statement.0.NotResource"],
    [{ NotPrincipal: "*" }, "Statement.0.NotPrincipal"],
    [{ Effect: "Permit" }, "Statement.0.Effect"],
    [{ Action: undefined }, "Statement.0.Action"],
    [{ Action: 1 }, "Statement.0.Action"],
    [{ Principal: "someone" }, "Statement.0.Principal"],
    [{ Resource: "arn:aws:sqs:*:${aws:PrincipalAccount}:queue" }, "Statement.0.Resource"],
    [{ Condition: { StringNotEquals: { a: "b" } } }, "Statement.0.Condition.StringNotEquals"],
    [{ Condition: { "ForAllValues:StringEquals": { a: "b" } } }, "Condition.ForAllValues:StringEquals"],
    [{ Condition: { Bool: { "aws:SecureTransport": false } } }, "Statement.0.Condition.Bool.aws:SecureTransport"],
  ];
  for (const [fields, path] of cases) {
    const { message } = thrown(() => read(statement(fields)));
    assert.match(message, `policy: the emulator does not run this as AWS does, at `);
    assert.match(message, path);
  }
});

test("refuses a policy of another version, and fields that a policy does not have", () => {
  const document = { Version: "2012-10-17", Statement: [statement()] };
  const readOther = (more: object) =>
    thrown(() => readPolicy(JSON.stringify({ ...document, ...more }), "mine")).message;
  assert.match(readOther({ Version: "2008-10-17" }), "mine: the emulator does not run this as AWS does, at Version");
  assert.match(readOther({ Version: undefined }), "at Version");
  assert.match(readOther({ Statements: [] }), "at Statements");
  assert.match(readOther({ Statement: statement() }), "at Statement");
});

test.run();
