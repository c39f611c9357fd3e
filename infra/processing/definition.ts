import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { backgroundMachines, workflows } from "../workflows.ts";

/** The text of a state machine's definition in `statemachines/`. */
export const readDefinition = (name: string): string => {
  const file = join(import.meta.dirname, "../../statemachines", `${name}.asl.json`);
  if (existsSync(file)) return readFileSync(file, "utf8");
  throw new Error(
    `statemachines/${name}.asl.json does not exist: write it, or name another definition in infra/workflows.ts`,
  );
};

/** Puts a value in the place of every `${name}` of a definition. */
export const resolve = (definition: string, values: Record<string, string>): string =>
  definition.replace(/\$\{([\w-]+)\}/g, (placeholder, name: string) => {
    const value = values[name];
    if (value !== undefined) return value;
    throw new Error(`${placeholder} stands for nothing; there are ${Object.keys(values).join(", ")}`);
  });

/** The names that a definition has placeholders for. */
export const placeholdersOf = (definition: string): string[] => [
  ...new Set([...definition.matchAll(/\$\{([\w-]+)\}/g)].map(([, name = ""]) => name)),
];

const isMachine = (name: string): boolean => backgroundMachines.some((machine) => machine.name === name);

/** The names of the Lambdas that a definition calls. */
export const lambdasOf = (definition: string): string[] =>
  placeholdersOf(definition).filter((name) => name !== "dead-letter-queue" && name !== billingBus && !isMachine(name));

/** The names of the state machines that a definition starts, besides its own. */
export const machinesOf = (definition: string): string[] => placeholdersOf(definition).filter(isMachine);

// The placeholder for the bus of this program's own events.
const billingBus = "billing-bus";

/** Whether a definition puts events on the billing bus. */
export const publishes = (definition: string): boolean => placeholdersOf(definition).includes(billingBus);

/** Whether a definition starts its own state machine again. */
export const startsItself = (definition: string): boolean =>
  definition.includes('"StateMachineArn.$": "$$.StateMachine.Id"');

/** For each Lambda that a workflow calls, the first type of event that reaches it. */
export const typesByLambda = (): Map<string, string> => {
  const types = new Map<string, string>();
  for (const { eventType, definition } of workflows) {
    for (const name of lambdasOf(readDefinition(definition))) if (!types.has(name)) types.set(name, eventType);
  }
  return types;
};
