import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const root = join(import.meta.dirname, "../../..");

const rooms = ["lambdas", "records", "test/lambdas", "test/records"];
const helpers = "test/helpers";

// It builds what is on the disk, where no mutant is.
const withoutMutant = "test/records/package.test.ts";

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

/** The files whose modules a worker loads anew: the Lambdas, what stands on them alone, its tests, and their helpers that import Lambdas. */
export const reloadedFiles = (): string[] =>
  [
    ...rooms.flatMap(filesIn),
    ...filesIn(helpers).filter((file) => textOf(file).includes('from "../../lambdas/')),
  ].filter((file) => file !== withoutMutant);
