import { once } from "node:events";
import { readFileSync } from "node:fs";
import { registerHooks, stripTypeScriptTypes } from "node:module";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { BatchWriteCommand, DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import * as fc from "fast-check";
import { startTables } from "../../helpers/tables.ts";
import { imported, type Suite } from "./bailing-suite.ts";
import { type Coverage, type Offsets, startCoverage } from "./reached.ts";

/** What a worker is sent: a mutant, and the tests that may kill it. */
export interface Job {
  /** The number of the job, for which every module is loaded anew. */
  number: number;
  /** The mutated file by its URL, and its source; null to run the tests as they are. */
  mutated: { url: string; source: string } | null;
  /** The URLs of the modules to load anew: those of the Lambdas, of which some keep a client or a key, and their tests. */
  modules: string[];
  /** The URLs of the test files, in the order to run them, and the tests to run of each; null for all. */
  files: { url: string; titles: string[] | null }[];
  /** Where mutants change their files, to learn which tests run that; null where it is known. */
  offsets: Offsets | null;
}

/** What a worker answers: that it can take a job, that a test begins, how long it took, and at last which one failed. */
export type Report =
  | { kind: "ready" }
  | { kind: "begins"; url: string; title: string }
  | { kind: "passed"; url: string; title: string; milliseconds: number; reached: Offsets }
  | { kind: "ends"; killer: { url: string; title: string; reason: string } | null };

let job: Job = { number: 0, mutated: null, modules: [], files: [], offsets: null };
let coverage: Coverage | null = null;
let modules = new Set<string>();
// Every file has modules of its own, as in a process of its own.
let version = "";

// No file is written: the mutant's source takes the place of what is on the disk.
registerHooks({
  resolve: (specifier, context, next) => {
    if (specifier === "uvu") return { url: import.meta.resolve("./bailing-suite.ts"), shortCircuit: true };
    const found = next(specifier, context);
    // A module that is loaded once keeps what it imports, which must be no mutant.
    const isReloaded = context.parentURL?.includes("?job=") || specifier.endsWith(version);
    return isReloaded && modules.has(found.url) ? { ...found, url: `${found.url}${version}` } : found;
  },
  load: (url, context, next) => {
    const [file = "", query] = url.split("?");
    if (query === undefined) return next(url, context);
    const source = file === job.mutated?.url ? stripTypeScriptTypes(job.mutated.source) : javaScriptOf(file);
    return { format: "module", source, shortCircuit: true };
  },
});

// The same for all jobs.
const known = new Map<string, string>();

const javaScriptOf = (url: string): string => {
  const text = known.get(url) ?? stripTypeScriptTypes(readFileSync(new URL(url), "utf8"));
  known.set(url, text);
  return text;
};

const report = (message: Report): void => void process.send?.(message);

const runFile = async ({ url, titles }: Job["files"][number], started: (title: string) => void): Promise<void> => {
  imported.length = 0;
  started("its import");
  await import(`${url}${version}`);
  const suites: Suite[] = [...imported];
  for (const { tests, before, after, beforeEach, afterEach } of suites) {
    const chosen = titles?.flatMap((title) => tests.find((test) => test.title === title) ?? []) ?? tests;
    // What a file does before its tests is part of the first one's time.
    let start = performance.now();
    try {
      for (const hook of before) await hook();
      for (const { title, run } of chosen) {
        started(title);
        try {
          for (const hook of beforeEach) await hook();
          await run();
        } finally {
          for (const hook of afterEach) await hook();
        }
        const milliseconds = performance.now() - start;
        report({ kind: "passed", url, title, milliseconds, reached: (await coverage?.take()) ?? {} });
        start = performance.now();
      }
    } finally {
      for (const hook of after) await hook();
    }
  }
};

const runJob = async (): Promise<void> => {
  const at = { url: "", title: "" };
  const { env } = process;
  const before = { ...env };
  coverage = job.offsets && (await startCoverage(job.offsets));
  try {
    for (const [index, file] of job.files.entries()) {
      version = `?job=${job.number}-${index}`;
      await clearTables();
      await runFile(file, (title) => {
        Object.assign(at, { url: file.url, title });
        report({ kind: "begins", ...at });
      });
      restore(env, before);
    }
    report({ kind: "ends", killer: null });
  } catch (error) {
    restore(env, before);
    report({ kind: "ends", killer: { ...at, reason: `${error}` } });
  } finally {
    await coverage?.stop();
  }
};

// A test may set variables, or put another object in the place of all of them.
const restore = (env: NodeJS.ProcessEnv, before: NodeJS.ProcessEnv): void => {
  process.env = env;
  for (const name of Object.keys(env)) if (!(name in before)) delete env[name];
  Object.assign(env, before);
};

// The same cases for every mutant.
fc.configureGlobal({ seed: 1 });
const [graph] = await once(process, "message");
const tables = await startTables(graph);
const client = DynamoDBDocumentClient.from(new DynamoDBClient({ endpoint: tables.endpoint }));

// Each file begins as a process of its own would.
const clearTables = async (): Promise<void> => {
  for (const TableName of [tables.core, tables.payments]) {
    const requests = (await tables.items(TableName)).map(({ PK, SK }) => ({ DeleteRequest: { Key: { PK, SK } } }));
    // A call takes 25 at most.
    for (let from = 0; from < requests.length; from += 25) {
      await client.send(new BatchWriteCommand({ RequestItems: { [TableName]: requests.slice(from, from + 25) } }));
    }
  }
};

process.on("message", (next: Job) => {
  job = next;
  modules = new Set(job.modules);
  void runJob();
});
// The command has ended before its time.
process.on("disconnect", () => process.exit());
process.send?.({ kind: "ready" } satisfies Report);
