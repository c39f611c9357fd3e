import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The text of a state machine's definition in `statemachines/`. */
export const readDefinition = (name: string): string =>
  readFileSync(join(import.meta.dirname, "../../statemachines", `${name}.asl.json`), "utf8");

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
