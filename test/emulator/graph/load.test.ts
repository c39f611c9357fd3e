import * as pulumi from "@pulumi/pulumi";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Graph, ofType } from "../../../emulator/graph/graph.ts";
import { loadStack, configOf } from "../../../local/program.ts";
import { EmulatorError } from "../../../emulator/graph/errors.ts";
import { loadGraph } from "../../../emulator/graph/load.ts";
import { resolveOutputs, unresolvedPaths, valueOf } from "../../../emulator/graph/outputs.ts";
import { rejects, thrown } from "../../helpers/rejects.ts";
import { graphOf, stackWith } from "../../helpers/stack.ts";

const test = suite("graph");

const find = (graph: Graph, type: string, name: string) => {
  const found = ofType(graph, type).find((resource) => resource.name === name);
  if (!found) throw new Error(`There is no ${type} ${name}`);
  return found;
};

const queue = "aws:sqs/queue:Queue";
const table = "aws:dynamodb/table:Table";

test("knows the stack, its region and its account", async () => {
  const { stack, region, account } = await graphOf("dev");
  assert.equal({ stack, region, account }, { stack: "dev", region: "ap-northeast-1", account: "123456789012" });
});

test("takes the region from the stack's configuration", async () => {
  const graph = await loadStack(stackWith("elsewhere", { "aws:region": "eu-west-1" }));
  assert.is(graph.region, "eu-west-1");
  assert.match(String(find(graph, queue, "dead-letter-queue").outputs["arn"]), "arn:aws:sqs:eu-west-1:123456789012:");
});

test("reads what the program gives each resource, and what AWS would add to it", async () => {
  const { inputs, outputs } = find(await graphOf("dev"), queue, "dead-letter-queue");
  assert.is(inputs["name"], "dev-homebiyori-dead-letter-queue");
  assert.not("arn" in inputs);
  assert.is(outputs["name"], inputs["name"]);
  assert.is(outputs["arn"], "arn:aws:sqs:ap-northeast-1:123456789012:dev-homebiyori-dead-letter-queue");
  assert.is(outputs["url"], "https://sqs.ap-northeast-1.amazonaws.com/123456789012/dev-homebiyori-dead-letter-queue");
});

test("holds no components, nor the stack itself", async () => {
  const { resources } = await graphOf("dev");
  assert.ok(resources.length > 40);
  assert.equal([...new Set(resources.map(({ type }) => type.split(":")[0]))], ["aws"]);
});

test("reads the names of what a resource waits for", async () => {
  const { dependsOn } = find(await graphOf("dev"), "aws:cloudwatch/eventTarget:EventTarget", "payment-failed-rule");
  assert.equal(dependsOn.toSorted(), ["dead-letter-queue", "payment-failed-rule"]);
  assert.equal(find(await graphOf("dev"), queue, "dead-letter-queue").dependsOn, []);
});

test("reads what is protected, and what outlives the stack", async () => {
  const { protect, retainOnDelete } = find(await graphOf("prod"), table, "payments");
  assert.equal([protect, retainOnDelete], [true, true]);
  const letGo = find(await graphOf("dev"), table, "payments");
  assert.equal([letGo.protect, letGo.retainOnDelete], [false, false]);
});

test("reads what the program exports", async () => {
  const { outputs } = await graphOf("dev");
  assert.equal(outputs["tables"], { core: "dev-homebiyori-core", payments: "dev-homebiyori-payments" });
});

test("reads the bundles as texts", async () => {
  const { code } = find(await graphOf("dev"), "aws:lambda/function:Function", "write-payment").inputs;
  assert.equal(Object.keys(Object(code)), ["index.js"]);
  assert.match(String(Object(code)["index.js"]), "exports");
});

test("fails with what the program throws, and can be loaded again after that", async () => {
  const { message } = await rejects(loadStack(stackWith("broken", { gapMinutes: "0" })));
  assert.match(message, "The configuration of stack broken has mistakes");
  assert.match(message, "gapMinutes is 0; expected a whole number of minutes, from 1 to 1440");
  assert.is((await loadStack(stackWith("mended"))).stack, "mended");
});

test("takes a RunError of Pulumi's for a message to the user, and any other for a bug of the program", async () => {
  const failing = (error: Error) => rejects(loadGraph(() => Promise.reject(error), stackWith("failing")));
  const error = await failing(new pulumi.RunError("Choose a shorter name"));
  assert.instance(error, EmulatorError);
  assert.is(error.message, "Choose a shorter name");
  const bug = new TypeError("x is not a function");
  assert.is(await failing(bug), bug);
});

test("is loaded for two stacks at once, each whole", async () => {
  const [one, other] = await Promise.all([loadStack(stackWith("one")), loadStack(stackWith("other"))]);
  assert.is(one.resources.length, other.resources.length);
  assert.not.match(JSON.stringify(one), "other-homebiyori");
});

test("finds the resources of a type, and none of a type that is not there", async () => {
  const graph = await graphOf("dev");
  assert.is(ofType(graph, queue).length, 2);
  assert.equal(ofType(graph, "aws:sqs/queue"), []);
});

test("reads a stack's configuration as the CLI hands it over: all keys in full, all values as text", () => {
  const { project, stack, config } = configOf("dev");
  assert.equal([project, stack], ["homebiyori-stripe-webhooks", "dev"]);
  assert.is(config["aws:region"], "ap-northeast-1");
  assert.is(config["homebiyori-stripe-webhooks:eventSource"], "homebiyori.stripe.test");
  // These three are Pulumi.yaml's own, and this one stands in the stack's file instead of it.
  assert.is(config["homebiyori-stripe-webhooks:monthlyPrices"], "[]");
  assert.is(config["homebiyori-stripe-webhooks:createCoreTable"], "true");
  assert.is(config["homebiyori-stripe-webhooks:gapMinutes"], "60");
  assert.is(config["homebiyori-stripe-webhooks:logRetentionDays"], "7");
});

test("has no configuration of a stack that does not exist", () => {
  assert.is(thrown(() => configOf("staging")).message, "There is no stack staging: Pulumi.staging.yaml does not exist");
});

test("makes plain values of secrets, archives and what they are in", async () => {
  const secret = (value: unknown) => ({
    "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
    value,
  });
  const archive = new pulumi.asset.AssetArchive({ "index.js": new pulumi.asset.StringAsset("code") });
  const cases: [unknown, unknown][] = [
    [null, null],
    ["text", "text"],
    [{ a: [1, { b: true }] }, { a: [1, { b: true }] }],
    [archive, { "index.js": "code" }],
    [{ code: archive }, { code: { "index.js": "code" } }],
    [secret("hidden"), "hidden"],
    [{ a: secret({ b: [secret("hidden")] }) }, { a: { b: ["hidden"] } }],
    [secret(null), null],
  ];
  for (const [value, expected] of cases) assert.equal(await resolveOutputs(value), expected);
});

test("waits for the value of an output", async () => {
  assert.is(await valueOf(pulumi.output(Promise.resolve("later"))), "later");
  assert.equal(await valueOf({ a: pulumi.output(1) }), { a: 1 });
});

test("finds the texts that an output without a value has got into", () => {
  assert.equal(unresolvedPaths({ a: "arn:undefined:x", b: [{ c: "undefined" }, "fine"], d: "undefinedness", e: 1 }), [
    "a",
    "b.0.c",
  ]);
  assert.equal(unresolvedPaths("of undefined", "the-name"), ["the-name"]);
  assert.equal(unresolvedPaths({ policy: '{"Resource":"undefined"}' }, "role"), ["role.policy"]);
  assert.equal(unresolvedPaths([null, undefined, 5, true]), []);
});

test("lets a bundle say what it likes", () => {
  assert.equal(unresolvedPaths({ "index.js": `${"x".repeat(10_000)} undefined` }), []);
});

test.run();
