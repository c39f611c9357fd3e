import { stringify } from "yaml";
import { parseJson } from "../emulator/graph/json.ts";
import type { Graph, Resource } from "../emulator/graph/graph.ts";

/**
 * A stack's graph as YAML for a diff: the resources of each name, with all inputs and Pulumi's options, sorted by name.
 *
 * The code of a Lambda and the steps of a state machine are given by their file, so that the text changes when the graph does.
 */
export const graphText = ({ stack, region, account, resources }: Graph): string => {
  const blocks = Object.groupBy(resources, ({ name }) => name);
  const byName = Object.entries(blocks).map(([name, block = []]) => [
    name,
    Object.fromEntries(block.map((resource) => [resource.type, { ...inputsOf(resource), ...optionsOf(resource) }])),
  ]);
  return `# What \`npx pulumi up --stack ${stack}\` makes, in ${region} and the made-up account ${account}. \`npm run graph\` writes it.
${textOf(Object.fromEntries(byName))}`;
};

const textOf = (value: object): string =>
  stringify(value, { sortMapEntries: true, lineWidth: 0, aliasDuplicateObjects: false }).replaceAll(/^(?=\S)/gm, "\n");

const inputsOf = ({ type, name, inputs }: Resource): Record<string, unknown> => {
  const readable = Object.fromEntries(Object.entries(inputs).map(([key, value]) => [key, opened(value)]));
  if (type === "aws:lambda/function:Function") return { ...readable, code: `lambdas/${name}.ts` };
  if (type === "aws:sfn/stateMachine:StateMachine") return { ...readable, definition: callsOf(readable["definition"]) };
  if (type === "aws:cloudwatch/dashboard:Dashboard")
    return { ...readable, dashboardBody: linewise(readable["dashboardBody"]) };
  return readable;
};

// Each metric of a dashboard on one line.
const linewise = (body: unknown): unknown => {
  const { widgets, ...rest } = Object(body);
  const shown = (widgets as { properties: { metrics?: unknown[] } }[]).map(({ properties, ...widget }) => ({
    ...widget,
    properties: { ...properties, metrics: properties.metrics?.map((row) => JSON.stringify(row)) },
  }));
  return { ...rest, widgets: shown };
};

// Policies, patterns and definitions are JSON within text.
const opened = (value: unknown): unknown => {
  return typeof value === "string" && /^[[{]/.test(value) ? (parseJson(value) ?? value) : value;
};

// The comment of a definition and what each of its states calls: the rest is a file of this repository.
const callsOf = (definition: unknown): Record<string, unknown> => {
  const { Comment, States } = Object(definition);
  const calls = Object.entries<Record<string, unknown>>(States).flatMap(([state, { Parameters }]) => {
    const { FunctionName, QueueUrl } = Object(Parameters);
    return FunctionName || QueueUrl ? [[state, FunctionName ?? QueueUrl]] : [];
  });
  return { Comment, ...Object.fromEntries(calls) };
};

const optionsOf = ({ protect, retainOnDelete, deleteBeforeReplace, ignoreChanges, dependsOn }: Resource) => {
  const options = {
    ...(protect && { protect }),
    ...(retainOnDelete && { retainOnDelete }),
    ...(deleteBeforeReplace && { deleteBeforeReplace }),
    ...(ignoreChanges.length > 0 && { ignoreChanges }),
    ...(dependsOn.length > 0 && { dependsOn: dependsOn.toSorted() }),
  };
  return Object.keys(options).length > 0 ? { pulumi: options } : {};
};
