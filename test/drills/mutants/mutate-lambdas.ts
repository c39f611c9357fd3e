import { fileURLToPath } from "node:url";
import { makeCommand } from "../../../ops/command/make-command.ts";
import { filesIn, reloadedFiles, textOf, urlOf } from "./sources.ts";
import { equivalentMutants } from "./equivalent-mutants.ts";
import { type Mutant, mutantsOf } from "./mutants-of.ts";
import { summaryOf } from "./summary.ts";
import { testTimes } from "./test-times.ts";
import type { Job } from "./worker.ts";
import { type Verdict, type WorkerProcess, workerProcess } from "./worker-process.ts";

const command = makeCommand(
  "test:mutants",
  "Mutation test of the Lambdas: changes each of their sources in every way, and runs the tests that reach it until one fails.",
)
  .argument("[parts...]", "mutate only the files whose path has one of these in it")
  .option("--listed", "try to kill those too that are listed as equivalent")
  .addHelpText(
    "after",
    `
Exit codes:
  0    at least 95 % were killed, and the list of those that change nothing is exact
  1    fewer were killed, or the list is not exact
  2    wrong usage, or a test fails without a mutant`,
  )
  .parse();

const parts: string[] = command.processedArgs[0];
const { listed = false } = command.opts<{ listed?: boolean }>();
const files = filesIn("lambdas").filter((file) => parts.length === 0 || parts.some((part) => file.includes(part)));
const mutants = files.flatMap((file) => mutantsOf(file, textOf(file)));
const byFile = Map.groupBy(mutants, ({ file }) => urlOf(file));
const offsets = Object.fromEntries(
  [...byFile].map(([url, own]) => [url, [...new Set(own.map(({ offset }) => offset))]]),
);
const modules = reloadedFiles().map(urlOf);

const survivors: Mutant[] = [];
let jobs = 0;

const passing = async (worker: WorkerProcess, plan: Pick<Job, "files" | "offsets">): Promise<Verdict["passed"]> => {
  jobs += 1;
  const { killer, passed } = await worker.run({ number: jobs, mutated: null, modules, ...plan }, false);
  if (killer) {
    console.error(`Without a mutant: ${fileURLToPath(killer.url)} fails, ${killer.title}: ${killer.reason}`);
    process.exit(2);
  }
  return passed;
};

const baseline = async (): Promise<void> => {
  const all = modules.filter((url) => url.endsWith(".test.ts"));
  const halves = [0, 1].map((half) => all.filter((_, index) => index % 2 === half));
  const runs = halves.map(async (urls) => {
    const worker = workerProcess(() => 60_000);
    const whole = urls.map((url) => ({ url, titles: null }));
    for (const test of await passing(worker, { files: whole, offsets })) tests.took(test);
    // As for every mutant but a worker's first: a test that fails by what others left behind would seem to kill it.
    for (const test of await passing(worker, { files: tests.toTimeAgain(urls), offsets: null })) tests.took(test);
    worker.stop();
  });
  await Promise.all(runs);
};

const survives = async (worker: WorkerProcess, mutant: Mutant, plan: Job["files"]): Promise<boolean> => {
  jobs += 1;
  const url = urlOf(mutant.file);
  const mutated = { url, source: mutant.source };
  const job = { number: jobs, mutated, modules, files: plan, offsets: null };
  const { killer } = await worker.run(job, mutant.isAlone);
  if (killer) tests.killed(mutant.file, killer);
  return killer === null;
};

const judge = async (worker: WorkerProcess, mutant: Mutant): Promise<void> => {
  let isSurvivor = true;
  // One that no test kills takes as long as all tests.
  if (listed || !(mutant.name in equivalentMutants)) {
    for (const plan of tests.plans(mutant)) {
      isSurvivor = plan.length === 0 || (await survives(worker, mutant, plan));
      if (!isSurvivor) break;
    }
  }
  if (isSurvivor) survivors.push(mutant);
  const where = `${mutant.file}:${mutant.line}`;
  console.log(`${isSurvivor ? "SURVIVES" : "killed  "}  ${mutant.name.replace(mutant.file, where)}`);
};

for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(130));
const tests = testTimes();
await baseline();
const queue = [...mutants];
await Promise.all(
  Array.from({ length: 2 }, async () => {
    const worker = workerProcess((url, title) => tests.usual(url, title));
    for (let mutant = queue.shift(); mutant; mutant = queue.shift()) await judge(worker, mutant);
    worker.stop();
  }),
);

const { problems, lastLine } = summaryOf({ mutants, survivors, listed: equivalentMutants });
for (const problem of problems) console.error(problem);
console.log(lastLine);
process.exitCode = problems.length > 0 ? 1 : 0;
