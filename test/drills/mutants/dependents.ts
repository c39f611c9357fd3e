import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import ts from "typescript";

const root = join(import.meta.dirname, "../../..");

/** The sources whose modules a worker loads anew: the Lambdas, what stands on them alone, and its tests. */
const rooms = ["lambdas", "records", "test/lambdas", "test/records"];
const helper = "test/helpers/play-life.ts";

/** The source files of a folder, from the root of the repository. */
export const filesIn = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => join(folder, file))
    .toSorted();

/** The URL of a file, by which Node knows its module. */
export const urlOf = (file: string): string => pathToFileURL(join(root, file)).href;

/** The text of a file. */
export const textOf = (file: string): string => readFileSync(join(root, file), "utf8");

/** By the URL of each file of the Lambdas and their tests, the URLs of those that import it, directly or through others, and its own. */
export const dependentsByUrl = (): Map<string, string[]> => {
  const files = [...rooms.flatMap(filesIn), helper];
  const imports = new Map(files.map((file) => [urlOf(file), importsOf(file)]));
  const reaches = (from: string, to: string, seen = new Set<string>()): boolean => {
    if (from === to) return true;
    if (seen.has(from)) return false;
    seen.add(from);
    return (imports.get(from) ?? []).some((next) => reaches(next, to, seen));
  };
  const urls = [...imports.keys()];
  return new Map(urls.map((to) => [to, urls.filter((from) => reaches(from, to))]));
};

const importsOf = (file: string): string[] =>
  ts.preProcessFile(textOf(file)).importedFiles.map(({ fileName }) => {
    const isRelative = fileName.startsWith(".");
    return isRelative ? new URL(fileName, urlOf(file)).href : import.meta.resolve(fileName);
  });
