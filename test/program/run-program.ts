import { spawn } from "node:child_process";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { StackArgs } from "../../emulator/graph/graph.ts";
import { mockedOutputs } from "../../emulator/graph/resource-types.ts";
import { withoutCredentials } from "../helpers/command.ts";
import { type Engine, startEngine } from "./engine.ts";

const root = join(import.meta.dirname, "../..");

/** A run of the program to its end. */
export interface ProgramRun extends Engine {
  code: number | null;
  /** What it printed. */
  output: string;
}

/**
 * Runs the program in a process of its own, as the language host of Pulumi's CLI does: by the runner of Pulumi's SDK.
 *
 * https://github.com/pulumi/pulumi/blob/master/sdk/nodejs/cmd/pulumi-language-nodejs/main.go, `constructArguments`
 */
export const runProgram = async (
  args: StackArgs,
  command: "preview" | "up",
  account: string,
  partition = "aws",
): Promise<ProgramRun> => {
  const { project, stack, config } = args;
  const region = config["aws:region"] ?? "";
  const functions: Record<string, Record<string, unknown>> = {
    "aws:index/getCallerIdentity:getCallerIdentity": { accountId: account },
    "aws:index/getRegion:getRegion": { region },
    "aws:index/getPartition:getPartition": { partition },
  };
  const added = mockedOutputs(region, account);
  const engine = await startEngine(project, stack, {
    outputsOf: (type, inputs) => (command === "up" ? inPartition(partition, added[type]?.(inputs) ?? {}) : undefined),
    invoke: (token) => functions[token],
  });
  const named = Object.entries({
    monitor: engine.address,
    engine: engine.address,
    organization: "organization",
    project,
    "root-directory": root,
    stack,
    pwd: root,
  });
  const child = spawn(
    process.execPath,
    [
      join(root, "node_modules/@pulumi/pulumi/cmd/run"),
      ...named.flatMap(([name, value]) => [`--${name}`, value]),
      ...(command === "preview" ? ["--dry-run"] : []),
      "--parallel",
      "16",
      ".",
    ],
    {
      env: {
        ...withoutCredentials,
        NODE_COMPILE_CACHE: process.env["NODE_COMPILE_CACHE"],
        PULUMI_CONFIG: JSON.stringify(
          Object.fromEntries(Object.entries(config).map(([key, value]) => [key.replace(":", ":config:"), value])),
        ),
        PULUMI_CONFIG_SECRET_KEYS: "[]",
      },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  try {
    const ended = new Promise<number | null>((done) => child.on("exit", done));
    const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
    return Object.assign(engine, { code, output: `${stdout}${stderr}` });
  } finally {
    engine.stop();
  }
};

const inPartition = (partition: string, outputs: Record<string, unknown>): Record<string, unknown> =>
  JSON.parse(JSON.stringify(outputs).replaceAll("arn:aws:", `arn:${partition}:`));
