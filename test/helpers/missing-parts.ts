import { existsSync } from "node:fs";
import { join } from "node:path";
import { lambdasOf, readDefinition } from "../../infra/processing/definition.ts";
import { workflows, type Workflow } from "../../infra/workflows.ts";
import { acceptedTypes } from "../../lambdas/stripe/event-types.ts";
import { sampleTypes } from "../../samples/events.ts";

const root = join(import.meta.dirname, "../..");

const isThere = (file: string): boolean => existsSync(join(root, file));

/** What is missing of the handled types of event, a sentence each: what to do, and where. */
export const missingParts = (rows: readonly Workflow[] = workflows, samples = sampleTypes): string[] => [
  ...new Set([
    ...rows.flatMap((row) => [...partsOf(row), ...sampleProblem(row, samples), ...doubles(row, rows)]),
    ...samples
      .filter((type) => !rows.some(({ eventType }) => eventType === type))
      .map((type) => `Add a row for ${type} to infra/workflows.ts, or delete its sample from samples/events.ts.`),
  ]),
];

const partsOf = ({ eventType, definition }: Workflow): string[] => {
  const file = `statemachines/${definition}.asl.json`;
  if (!isThere(file)) {
    return [`Write ${file}, the definition that infra/workflows.ts names for ${eventType}.`];
  }
  return lambdasOf(readDefinition(definition)).flatMap((name) => [
    ...(isThere(`lambdas/${name}.ts`) ? [] : [`Write lambdas/${name}.ts, the Lambda that ${file} calls.`]),
    ...(isThere(`test/lambdas/${name}.test.ts`)
      ? []
      : [`Write test/lambdas/${name}.test.ts, the tests of that Lambda.`]),
    ...(isAccepted(name, eventType) ? [] : [`Add ${eventType} to ${name} in lambdas/stripe/event-types.ts.`]),
  ]);
};

// Most Lambdas give a type of event a meaning of its own, and so have to know it.
const isAccepted = (lambda: string, eventType: string): boolean => {
  const types: readonly string[] | undefined = Object.entries(acceptedTypes).find(([name]) => name === lambda)?.[1];
  return types === undefined || types.includes(eventType);
};

const sampleProblem = ({ eventType }: Workflow, samples: readonly string[]): string[] =>
  samples.includes(eventType) ? [] : [`Add a sample of ${eventType} to samples/events.ts.`];

const doubles = (row: Workflow, rows: readonly Workflow[]): string[] =>
  (["eventType", "name"] as const)
    .filter((key) => rows.filter((other) => other[key] === row[key]).length > 1)
    .map(
      (key) =>
        `Give each row of infra/workflows.ts ${key === "name" ? "a name" : "a type"} of its own: ${row[key]} is there twice.`,
    );
