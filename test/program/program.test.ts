import * as pulumi from "@pulumi/pulumi";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Graph } from "../../emulator/graph/graph.ts";
import { resolveOutputs } from "../../emulator/graph/outputs.ts";
import { workflows } from "../../infra/workflows.ts";
import { graphOf, stackWith } from "../helpers/stack.ts";
import type { Registration } from "./engine.ts";
import { runProgram } from "./run-program.ts";

const test = suite("the program, as Pulumi's CLI runs it");

type Shown = Pick<
  Registration,
  "type" | "name" | "inputs" | "protect" | "retainOnDelete" | "deleteBeforeReplace" | "ignoreChanges"
>;

// The same of a resource of the graph and of one that was registered.
const shown = (resources: readonly Shown[]): Shown[] =>
  resources
    .map(({ type, name, inputs, protect, retainOnDelete, deleteBeforeReplace, ignoreChanges }) => {
      return { type, name, inputs, protect, retainOnDelete, deleteBeforeReplace, ignoreChanges };
    })
    .toSorted((a, b) => `${a.type} ${a.name}`.localeCompare(`${b.type} ${b.name}`, "en"));

// What a preview does not know yet is taken from what it will be.
const completed = (value: unknown, whole: unknown): unknown => {
  if (typeof value !== "object" || value === null) return value;
  if ("__pulumiUnknown" in value) return whole;
  const parts: Record<string, unknown> = { ...Object(whole) };
  if (Array.isArray(value)) return value.map((part, index) => completed(part, parts[index]));
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, completed(part, parts[key])]));
};

const resolved = async (registrations: readonly Registration[]): Promise<Shown[]> => {
  const custom = registrations.filter(({ isCustom }) => isCustom);
  const inputs = await Promise.all(custom.map((registration) => resolveOutputs(registration.inputs)));
  return shown(custom.map((registration, index) => ({ ...registration, inputs: { ...Object(inputs[index]) } })));
};

const waiting = ({ resources }: Graph, registrations: readonly Registration[]): string[] =>
  resources.flatMap(({ type, name, dependsOn }) => {
    const registered = registrations.find((registration) => registration.type === type && registration.name === name);
    const names = (registered?.dependencies ?? []).map((urn) => urn.split("::").at(-1));
    return dependsOn.filter((other) => !names.includes(other)).map((other) => `${name} does not wait for ${other}`);
  });

const secretsIn = (registrations: readonly Registration[]): string[] =>
  registrations.flatMap(({ name, inputs }) =>
    Object.entries(inputs).flatMap(([key, value]) => (pulumi.runtime.isRpcSecret(value) ? [`${name}.${key}`] : [])),
  );

for (const stack of ["dev", "prod"] as const) {
  for (const command of ["preview", "up"] as const) {
    test(`a ${command} of ${stack} registers the resources of the graph, exports all, marks the secret, and ends well`, async () => {
      const graph = await graphOf(stack);
      const run = await runProgram(stackWith(stack), command, graph.account);
      assert.equal([run.code, run.output, run.complaints, run.isComplete], [0, "", [], true]);
      const [registered, expected] = [await resolved(run.registrations), shown(graph.resources)];
      const hasUnknown = JSON.stringify([registered, run.exported]).includes("__pulumiUnknown");
      assert.is(hasUnknown, command === "preview");
      const names = (resources: Shown[]): string[] => resources.map(({ type, name }) => `${type} ${name}`);
      assert.equal(names(registered), names(expected));
      for (const [index, whole] of expected.entries()) assert.equal(completed(registered[index], whole), whole);
      assert.equal(completed(run.exported, graph.outputs), graph.outputs);
      assert.equal(waiting(graph, run.registrations), []);
      assert.equal(secretsIn(run.registrations), ["stripe-api-key.valueWo"]);
    });
  }
}

test("the partner bus waits for all that its events need: the targets on the own bus, and the policy of their dead letters", async () => {
  const run = await runProgram(stackWith("prod"), "up", "123456789012");
  const partnerBus = run.registrations.find(({ isCustom, name }) => isCustom && name.startsWith("partner-bus-"));
  const needed = run.registrations.filter(
    ({ type, name }) =>
      (type === "aws:cloudwatch/eventTarget:EventTarget" && !name.startsWith("forward-rule-")) ||
      (type === "aws:sqs/queuePolicy:QueuePolicy" && name === "dead-letter-queue"),
  );
  assert.is(needed.length, workflows.length + 1);
  const waitsFor = new Set(partnerBus?.dependencies);
  assert.equal(
    needed.filter(({ urn }) => !waitsFor.has(urn)).map(({ urn }) => urn),
    [],
  );
});

test("in another partition, every ARN is of that partition", async () => {
  for (const stack of ["dev", "prod"] as const) {
    const run = await runProgram(stackWith(stack), "up", "123456789012", "aws-cn");
    const texts = JSON.stringify([await resolved(run.registrations), run.exported]);
    assert.match(texts, '"arn:aws-cn:sqs:');
    assert.equal(texts.match(/.{40}\barn:aws:.{40}/g) ?? [], []);
  }
});

test("a preview with a wrong setting says so, and registers nothing", async () => {
  const run = await runProgram(stackWith("dev", { gapMinutes: "often" }), "preview", "123456789012");
  assert.ok(run.code !== 0);
  assert.match(run.complaints.join("\n"), 'gapMinutes is "often"; expected a whole number of minutes, from 1 to 1440');
  assert.equal(
    run.registrations.filter(({ isCustom }) => isCustom),
    [],
  );
});

test.run();
