import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { StackArgs } from "./load.ts";

const root = join(import.meta.dirname, "../..");

/** A stack's configuration as the Pulumi CLI hands it to the program: fully named keys, and text as values. */
export const stackConfig = (stack: string): StackArgs => {
  const file = join(root, `Pulumi.${stack}.yaml`);
  if (!existsSync(file)) throw new Error(`There is no stack ${stack}: Pulumi.${stack}.yaml does not exist`);
  return configWith(stack, parse(readFileSync(file, "utf8"))?.config ?? {});
};

/** The configuration of a stack whose file has these settings: what they leave out is as `Pulumi.yaml` says. */
export const configWith = (stack: string, own: Record<string, unknown>): StackArgs => {
  const project = parse(readFileSync(join(root, "Pulumi.yaml"), "utf8"));
  const declared: Record<string, { default?: unknown }> = project.config;
  const defaults = Object.entries(declared).flatMap(([key, { default: value }]) =>
    value === undefined ? [] : [[`${project.name}:${key}`, value]],
  );
  const values = Object.entries({ ...Object.fromEntries(defaults), ...own });
  return {
    project: project.name,
    stack,
    config: Object.fromEntries(values.map(([key, value]) => [key, asText(value)])),
  };
};

const asText = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));
