import { type ChildProcessByStdio, spawn } from "node:child_process";
import { chmodSync, mkdtempSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";

const { PATH } = process.env;

/** An environment in which there are no credentials from anywhere. */
export const withoutCredentials: NodeJS.ProcessEnv = { PATH, HOME: "/nowhere", AWS_EC2_METADATA_DISABLED: "true" };

/** Starts one of an operator's commands, by its file in `ops/`. */
export const spawnCommand = (
  name: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = withoutCredentials,
): ChildProcessByStdio<null, Readable, Readable> => {
  const file = join(import.meta.dirname, "../../ops", `${name}.ts`);
  return spawn(process.execPath, [file, ...args], { stdio: ["ignore", "pipe", "pipe"], env });
};

/** Runs one of an operator's commands to its end. */
export const runCommand = async (name: string, args: readonly string[], env?: NodeJS.ProcessEnv) => {
  const child = spawnCommand(name, args, env);
  const ended = new Promise((done) => child.on("exit", done));
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { stdout, stderr: stderr.trim(), code };
};

/** An environment in which `npx` is this script: Pulumi's CLI downloads itself, and its stacks are in the cloud. */
export const npx = (directory: string, script: string): NodeJS.ProcessEnv => {
  const own = mkdtempSync(join(directory, "npx-"));
  const file = join(own, "npx");
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  return { ...withoutCredentials, PATH: `${own}${delimiter}${PATH}` };
};

/** A script for `npx` that answers with the outputs of stack `prod`. */
export const outputs = (stack: unknown): string => `[ "$*" = "pulumi stack output --json --stack prod" ] && cat <<END
${JSON.stringify(stack)}
END`;
