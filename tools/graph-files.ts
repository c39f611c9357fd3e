import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Graph } from "../emulator/graph/graph.ts";
import { graphText } from "./graph-text.ts";
import { permissionsPage } from "./audit/permissions-page.ts";

/** A file that is generated from a graph. */
export interface GraphFile {
  /** Relative to the project's folder. */
  path: string;
  text: string;
}

/** The files of a stack: its graph as text, and for prod the page of permissions. */
export const graphFilesOf = (graph: Graph): GraphFile[] => [
  { path: `docs/graph/${graph.stack}.yaml`, text: graphText(graph) },
  ...(graph.stack === "prod" ? [{ path: "docs/permissions.md", text: permissionsPage(graph) }] : []),
];

/** Writes the files to a project's folder, and prints for each whether it changed. */
export const writeGraphFiles = (root: string, files: GraphFile[]): void => {
  for (const { path, text } of files) {
    const file = join(root, path);
    const isCurrent = existsSync(file) && readFileSync(file, "utf8") === text;
    if (!isCurrent) writeFileSync(file, text);
    console.log(`${path}  ${isCurrent ? "unchanged" : "written"}`);
  }
};

/** Whether the files are current; prints the lines that differ, as a diff from the file to the graph. */
export const checkGraphFiles = (root: string, files: GraphFile[]): boolean => {
  const problems = files.flatMap(({ path, text }) => {
    const file = join(root, path);
    if (!existsSync(file)) return [`${path} does not exist: run npm run graph, and commit it`];
    const command = ["diff", "--no-index", "--no-color", "--exit-code", file, "-"];
    const { status, stdout, stderr, error } = spawnSync("git", command, { input: text, encoding: "utf8" });
    if (error)
      throw new Error(`git, which compares the graphs, could not be started: ${error.message}`, { cause: error });
    return status === 0 ? [] : [`${stdout}${stderr}${path} is not current: run npm run graph, and commit it`];
  });
  for (const problem of problems) console.error(problem);
  return problems.length === 0;
};
