import { spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { devNull } from "node:os";
import { join } from "node:path";
import type { Graph } from "../local/graph.ts";
import { graphText } from "../local/graph-text.ts";

const fileOf = (folder: string, { stack }: Graph): string => join(folder, `${stack}.yaml`);

/** Writes each graph into a folder, as `<stack>.yaml`. */
export const writeGraphs = (folder: string, graphs: Graph[]): void => {
  for (const graph of graphs) writeFileSync(fileOf(folder, graph), graphText(graph));
};

/** Whether the files are what would be written; prints the lines that differ, as a diff from the file to the graph. */
export const checkGraphs = (folder: string, graphs: Graph[]): boolean => {
  let areCurrent = true;
  for (const graph of graphs) {
    const file = fileOf(folder, graph);
    // Without it git would end before it has read the other one.
    const before = existsSync(file) ? file : devNull;
    const command = ["diff", "--no-index", "--no-color", "--exit-code", before, "-"];
    const { status, stdout, stderr, error } = spawnSync("git", command, { input: graphText(graph), encoding: "utf8" });
    if (error) throw new Error(`The graphs are compared by git, which could not be started: ${error.message}`);
    if (status === 0) continue;
    areCurrent = false;
    console.error(
      `${stdout}${stderr}${file} is not the graph of ${graph.stack}: npm run graph, and commit what it writes`,
    );
  }
  return areCurrent;
};
