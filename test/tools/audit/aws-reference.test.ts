import { isDeepStrictEqual } from "node:util";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { policiesOf, type Policy } from "../../../emulator/iam/graph-policies.ts";
import type { Statement } from "../../../emulator/iam/policy.ts";
import { graphOf } from "../../helpers/stack.ts";
import { corrections, mistakesOf, typesInReference, unknownActions } from "./aws-reference.ts";

const test = suite("the policies, by AWS's Service Authorization Reference");

// A policy of a resource is about that resource, and a role's trust has none.
const isOfResource = ({ name }: Policy): boolean => /^(trust of|queue|log|key|topic) /.test(name);

test("every action exists, and has each type of resource that it needs and no other", async () => {
  for (const stack of ["dev", "prod"] as const) {
    const policies = policiesOf(await graphOf(stack));
    const check = (policy: Policy) => (isOfResource(policy) ? unknownActions : mistakesOf);
    const found = policies.flatMap((policy) =>
      policy.statements.map(async (statement) =>
        (await check(policy)(statement)).map((mistake) => `${policy.name}: ${mistake}`),
      ),
    );
    assert.ok(found.length > 20);
    assert.equal((await Promise.all(found)).flat(), []);
  }
});

test("finds an action that does not exist, and a resource that is missing, useless or too narrow", async () => {
  const arn = (rest: string): string => `arn:aws:events:eu-west-1:123456789012:${rest}`;
  const cases: [string, string[], string[]][] = [
    ["events:StartReplays", ["*"], ["events:StartReplays does not exist"]],
    [
      "events:StartReplay",
      [arn("archive/a")],
      [
        "events:StartReplay needs a resource of the type event-bus",
        "events:StartReplay needs a resource of the type replay",
      ],
    ],
    [
      "events:DescribeReplay",
      [arn("replay/a"), arn("rule/a")],
      [`events:DescribeReplay does not work on ${arn("rule/a")}`],
    ],
    ["xray:PutTraceSegments", [arn("rule/a")], [`xray:PutTraceSegments works on * alone, not on ${arn("rule/a")}`]],
    [
      "events:*",
      [arn("rules/a"), "arn:aws:sns:eu-west-1:123456789012:a"],
      [`events:* does not work on ${arn("rules/a")}`],
    ],
    ["events:*", ["arn:aws:sns:eu-west-1:123456789012:a"], ["events:* has no resource of events"]],
  ];
  for (const [Action, Resource, expected] of cases) {
    const statement: Statement = { Effect: "Allow", Action, Resource };
    assert.equal(await mistakesOf(statement), expected);
  }
  assert.equal(await unknownActions({ Effect: "Allow", Action: ["sqs:*", "sqs:Send"] }), ["sqs:Send"]);
});

test("the reference still says otherwise where it is corrected", async () => {
  for (const [action, corrected] of Object.entries(corrections)) {
    const types = await typesInReference(action);
    // An action on nothing has no optional types either.
    const asserted = corrected.length === 0 ? types : types.filter(({ required }) => required);
    const names = asserted.map(({ name }) => name);
    assert.not(isDeepStrictEqual(names, corrected), action);
  }
});

test.run();
