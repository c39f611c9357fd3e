import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { EmulatorError } from "./errors.ts";
import type { StackArgs } from "./graph.ts";

/** The configuration of a stack of the project in this directory, as the Pulumi CLI hands it to the program. */
export const stackConfig = (project: string, stack: string): StackArgs => {
  const file = join(project, `Pulumi.${stack}.yaml`);
  if (!existsSync(file)) throw new EmulatorError(`There is no stack ${stack}: Pulumi.${stack}.yaml does not exist`);
  return configWith(project, stack, parse(readFileSync(file, "utf8"))?.config ?? {});
};

/** The configuration of a stack whose file has these settings; the others have the defaults of `Pulumi.yaml`. */
export const configWith = (project: string, stack: string, own: Record<string, unknown>): StackArgs => {
  const { name, config: declared } = parse(readFileSync(join(project, "Pulumi.yaml"), "utf8"));
  const defaults = Object.entries<{ default?: unknown }>(declared).flatMap(([key, { default: value }]) =>
    value === undefined ? [] : [[`${name}:${key}`, value]],
  );
  const values = Object.entries({ ...Object.fromEntries(defaults), ...own });
  return { project: name, stack, config: Object.fromEntries(values.map(([key, value]) => [key, asText(value)])) };
};

const asText = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));
