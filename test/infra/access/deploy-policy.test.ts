import { readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Graph } from "../../../emulator/graph/graph.ts";
import { allows, listOf, readPolicy, type Request, type Statement } from "../../../emulator/iam/policy.ts";
import { loadStack } from "../../../local/program.ts";
import { graphOf, stackWith } from "../../helpers/stack.ts";
import { mistakesIn, mistakesOf } from "../../tools/audit/aws-reference.ts";
import { knownTypes, providerCalls } from "./provider-calls.ts";

const test = suite("the policy of the role that deploys");

const file = readFileSync("infra/access/deploy-policy.json", "utf8");
const page = readFileSync("docs/deploying.md", "utf8");

const policyOf = ({ stack, account }: Pick<Graph, "stack" | "account">): Statement[] =>
  readPolicy(file.replaceAll("STACK", stack).replaceAll("ACCOUNT", account), "deploy-policy.json");

// With an address that alarms are mailed to, a stack has each type of resource that there can be.
const prod = loadStack(stackWith("prod", { alarmEmail: "night@example.com" }));
const graphs = (): Promise<Graph[]> => Promise.all([graphOf("dev"), prod]);

const requestsOf = (graph: Graph): Request[] => {
  const requests = providerCalls(graph).flatMap(({ action, arns }) => arns.map((resource) => ({ action, resource })));
  return [...new Map(requests.map((request) => [`${request.action} ${request.resource}`, request])).values()];
};

const deletesData = ({ action }: Request): boolean =>
  ["dynamodb:DeleteTable", "events:DeleteEventBus"].includes(action);

const refused = (graph: Graph): Request[] => {
  const statements = policyOf(graph);
  return requestsOf(graph).filter((request) => !allows(statements, request));
};

test("the calls are known that the provider makes for each type of resource, and for no other", async () => {
  const types = (await graphs()).flatMap(({ resources }) => resources.map(({ type }) => type));
  assert.equal([...new Set(types)].toSorted(), knownTypes.toSorted());
});

test("these calls exist, and are on the resources that AWS authorises them on", async () => {
  const calls = providerCalls(await prod);
  const oneOfEach = [...new Map(calls.map((call) => [`${call.type} ${call.action}`, call])).values()];
  const mistakes = await Promise.all(oneOfEach.map(({ action, arns }) => mistakesIn(action, arns)));
  assert.ok(mistakes.length > 100);
  assert.equal(mistakes.flat(), []);
});

test("it allows all of them on all that a stack has, but deletes no table and no bus", async () => {
  for (const graph of await graphs()) {
    assert.equal(refused(graph), requestsOf(graph).filter(deletesData));
    assert.ok(refused(graph).length > 2);
  }
});

test("it says what AWS reads: each action exists, and has each type of resource that it needs and no other", async () => {
  const allowing = policyOf(await prod).filter(({ Effect }) => Effect === "Allow");
  assert.equal((await Promise.all(allowing.map(mistakesOf))).flat(), []);
});

test("it allows no action and no resource that neither stack needs", async () => {
  const allowed = (await graphs()).map((graph) => ({
    statements: policyOf(graph),
    requests: requestsOf(graph).filter((request) => !deletesData(request)),
  }));
  for (const [place, { Effect, ...lists }] of policyOf(await prod).entries()) {
    if (Effect === "Deny") continue;
    for (const key of ["Action", "Resource"] as const) {
      for (const [index, text] of listOf(lists[key]).entries()) {
        const isNeeded = allowed.some(({ statements, requests }) => {
          const less = statements.map((statement, at) =>
            at === place
              ? { ...statement, [key]: listOf(statement[key]).filter((_, other) => other !== index) }
              : statement,
          );
          return requests.some((request) => !allows(less, request));
        });
        assert.ok(isNeeded, text);
      }
    }
  }
});

test("it reaches nothing of another stack or account, and not the role that it is attached to", async () => {
  const { account } = await prod;
  // What AWS or Stripe names does not have the stack's name.
  const isNamed = ({ resource }: Request): boolean => /^(?!.*aws\.partner).*prod-homebiyori-/.test(resource);
  const requests = requestsOf(await prod).filter(isNamed);
  assert.ok(requests.length > 500);
  for (const other of [
    { stack: "dev", account },
    { stack: "prod", account: "210987654321" },
  ]) {
    const statements = policyOf(other);
    for (const request of requests) assert.not(allows(statements, request), request.resource);
  }
  const [, role] = /put-role-policy --role-name (\S+)/.exec(page) ?? [];
  assert.type(role, "string");
  const itself = { action: "iam:PutRolePolicy", resource: `arn:aws:iam::${account}:role/${role}` };
  assert.not(allows(policyOf(await prod), itself));
});

test("a table under a name of its own is outside of it, as the page says", async () => {
  const graph = await loadStack(stackWith("prod", { paymentsTableName: "payments-elsewhere" }));
  const outside = refused(graph).filter((request) => !deletesData(request));
  assert.ok(outside.length > 5);
  for (const { action, resource } of outside)
    assert.match(`${action} ${resource}`, /^dynamodb:.*:table\/payments-elsewhere$/);
  assert.match(page, "A table under a name of its own is outside");
});

test("the page says how to fill in the file and attach it", () => {
  const [, substitutions = ""] =
    /sed '([^']+)' infra\/access\/deploy-policy\.json > deploy-policy\.json\n/.exec(page) ?? [];
  assert.is(substitutions, "s/STACK/prod/; s/ACCOUNT/123456789012/");
  for (const line of file.split("\n")) assert.ok(line.split(/STACK|ACCOUNT/).length <= 3, line);
  assert.match(page, /^ *aws iam put-role-policy .*--policy-document file:\/\/deploy-policy\.json$/m);
  // The most that the inline policies of a role may have, without spaces.
  assert.ok(file.replaceAll("ACCOUNT", "123456789012").replaceAll(/\s/g, "").length < 10_240);
});

test.run();
