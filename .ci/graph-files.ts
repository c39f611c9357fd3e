import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { devNull } from "node:os";
import { join } from "node:path";
import { loadGraph } from "../local/graph.ts";
import { graphText } from "../local/graph-text.ts";
import { stackConfig } from "../local/stack-config.ts";

const root = join(import.meta.dirname, "..");
const stacks = readdirSync(root).flatMap((file) => /^Pulumi\.([^.]+)\.yaml$/.exec(file)?.[1] ?? []);

const textOf = async (stack: string): Promise<string> => graphText(await loadGraph(stackConfig(stack)));

/** Writes the graph of each stack that has a file of configuration into a folder, as `<stack>.yaml`. */
export const writeGraphs = async (folder: string): Promise<void> => {
  for (const stack of stacks) writeFileSync(join(folder, `${stack}.yaml`), await textOf(stack));
};

/** Whether the files are what would be written; prints the lines that differ, as a diff from the file to the graph. */
export const checkGraphs = async (folder: string): Promise<boolean> => {
  let areCurrent = true;
  for (const stack of stacks) {
    const file = join(folder, `${stack}.yaml`);
    // Without it git would end before it has read the other one.
    const before = existsSync(file) ? file : devNull;
    const command = ["diff", "--no-index", "--no-color", "--exit-code", before, "-"];
    const { status, stdout, stderr, error } = spawnSync("git", command, {
      input: await textOf(stack),
      encoding: "utf8",
    });
    if (error) throw new Error(`The graphs are compared by git, which could not be started: ${error.message}`);
    if (status === 0) continue;
    areCurrent = false;
    console.error(`${stdout}${stderr}${file} is not the graph of ${stack}: npm run graph, and commit what it writes`);
  }
  return areCurrent;
};
