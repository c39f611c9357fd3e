import { readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ofType, type Resource } from "../../emulator/graph/graph.ts";
import { blocksOf } from "../helpers/page.ts";
import { graphOf, stackWith } from "../helpers/stack.ts";
import type { Registration } from "../program/engine.ts";
import { runProgram } from "../program/run-program.ts";

const test = suite("the page on taking a stack down");

const page = readFileSync("docs/taking-down.md", "utf8");

test("nothing of dev is protected or kept, as it says", async () => {
  const { resources } = await graphOf("dev");
  assert.equal(
    resources.filter(({ protect, retainOnDelete }) => protect || retainOnDelete),
    [],
  );
  assert.match(page, "Nothing of `dev` is protected");
});

test("all that is protected stays in AWS, so that the protection can be lifted", async () => {
  const { resources } = await graphOf("prod");
  const isProtected = resources.filter(({ protect }) => protect);
  assert.equal(isProtected.map(({ name }) => name).toSorted(), ["core", "partner-bus-00000000", "payments"]);
  assert.ok(isProtected.every(({ retainOnDelete }) => retainOnDelete));
});

const deletion: Record<string, (resource: Resource) => string> = {
  "aws:dynamodb/table:Table": ({ inputs }) => `aws dynamodb delete-table --table-name ${inputs["name"]}`,
  "aws:sqs/queue:Queue": ({ outputs }) => `aws sqs delete-queue --queue-url ${outputs["url"]}`,
  "aws:cloudwatch/eventArchive:EventArchive": ({ inputs }) =>
    `aws events delete-archive --archive-name ${inputs["name"]}`,
  "aws:cloudwatch/eventBus:EventBus": ({ inputs }) => `aws events delete-event-bus --name ${inputs["name"]}`,
};

test("what stays of prod is deleted by the commands that it shows, tables after their protection and each archive before its bus", async () => {
  const { resources } = await graphOf("prod");
  const kept = resources.filter(({ retainOnDelete }) => retainOnDelete);
  const lines =
    blocksOf("taking-down", "sh")
      .find((block) => block.includes("delete-table"))
      ?.split("\n") ?? [];
  const deleting = lines.filter((line) => / delete-/.test(line));
  assert.equal(deleting.toSorted(), kept.map((resource) => `${deletion[resource.type]?.(resource)}`).toSorted());
  const place = (part: string): number => lines.findIndex((line) => line.includes(part));
  for (const { inputs } of ofType({ resources: kept }, "aws:dynamodb/table:Table")) {
    const table = `--table-name ${inputs["name"]}`;
    const unprotecting = place(`aws dynamodb update-table ${table} --no-deletion-protection-enabled`);
    assert.is(unprotecting, place(`delete-table ${table}`) - 1);
    assert.ok(unprotecting >= 0);
  }
  for (const { name, inputs } of ofType({ resources: kept }, "aws:cloudwatch/eventArchive:EventArchive")) {
    const bus = kept.find((resource) => resource.type.endsWith(":EventBus") && resource.name === name);
    assert.ok(place(`--archive-name ${inputs["name"]}`) < place(`--name ${bus?.inputs["name"]}`), name);
  }
});

test("lifts the protection, destroys, and only then removes the stack; and removes a lock before it compares and deploys", () => {
  const commands = (stack: string): string[] =>
    blocksOf("taking-down", "sh").flatMap((block) =>
      [
        ...block.matchAll(new RegExp(`^ *npx pulumi (.*?) --stack ${stack}|^ *npx pulumi (stack rm) ${stack}`, "gm")),
      ].map(([, command, removal]) => `${command ?? removal}`),
    );
  assert.equal(commands("dev"), ["destroy", "stack rm"]);
  assert.equal(commands("prod"), ["state unprotect --all", "destroy", "stack rm", "cancel", "refresh", "up"]);
  const [, lock = ""] = page.split("## A lock that a broken job left");
  assert.match(lock, "npx pulumi cancel --stack prod");
  assert.match(page, "**Do not use `destroy --exclude-protected` with Stripe.**");
});

test("the policy that it detaches is the operator's", async () => {
  const [policy] = ofType(await graphOf("prod"), "aws:iam/policy:Policy");
  const arns = [...page.matchAll(/--policy-arn (\S+)/g)].map(([, arn]) => arn);
  assert.equal(arns, [policy?.outputs["arn"], policy?.outputs["arn"]]);
});

// https://github.com/pulumi/pulumi/blob/master/pkg/cmd/pulumi/operations/destroy.go, `separateProtected`
const excludingProtected = (registrations: readonly Registration[]): Registration[] => {
  const byUrn = new Map(registrations.map((registration) => [registration.urn, registration]));
  const kept = new Set<Registration>();
  const keep = (registration: Registration | undefined): void => {
    if (!registration || kept.has(registration)) return;
    kept.add(registration);
    for (const urn of registration.dependencies) keep(byUrn.get(urn));
  };
  for (const registration of registrations) if (registration.protect) keep(registration);
  return registrations.filter((registration) => registration.isCustom && !kept.has(registration));
};

test("excluding what is protected would delete the forward rule and the alarms alone of the path of Stripe's events", async () => {
  const { registrations } = await runProgram(stackWith("prod"), "up", "123456789012");
  const deleted = excludingProtected(registrations).filter(({ type }) =>
    /Rule$|StateMachine$|Function$|Alarm$/.test(type),
  );
  const [alarms, others] = [
    deleted.filter(({ type }) => type.endsWith("Alarm")),
    deleted.filter(({ type }) => !type.endsWith("Alarm")),
  ];
  assert.equal(
    others.map(({ name }) => name),
    ["compare-page", "reconcile", "forward-rule-00000000"],
  );
  assert.is(alarms.length, registrations.filter(({ type }) => type.endsWith("Alarm")).length);
  assert.match(page, "It would delete the forward rule, `reconcile` with its schedule and all alarms");
});

test.run();
