import { fileURLToPath } from "node:url";
import { makeCommand } from "../../../ops/command/make-command.ts";
import { dependentsByUrl, filesIn, textOf, urlOf } from "./dependents.ts";
import { equivalentMutants } from "./equivalent-mutants.ts";
import { type Mutant, mutantsOf } from "./mutants-of.ts";
import { summaryOf } from "./summary.ts";
import { workerProcess } from "./worker-process.ts";

const command = makeCommand(
  "test:mutants",
  "Mutation test of the Lambdas: changes each of their sources in every way, and runs the tests that reach it until one fails.",
)
  .argument("[parts...]", "mutate only the files whose path has one of these in it")
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
const files = filesIn("lambdas").filter((file) => parts.length === 0 || parts.some((part) => file.includes(part)));
const dependents = dependentsByUrl();
const testsOf = (urls: string[]): string[] => urls.filter((url) => url.endsWith(".test.ts"));

// How long each test takes without a mutant.
const usual = new Map<string, number>();
let jobs = 0;

const baseline = async (): Promise<void> => {
  const worker = workerProcess(() => 60_000);
  const urls = [...dependents.keys()];
  const all = testsOf(urls).map((url) => ({ url, first: [] }));
  const { killer, passed } = await worker.run({ number: jobs, mutated: null, dependents: urls, files: all }, true);
  if (killer) {
    console.error(`Without a mutant: ${fileURLToPath(killer.url)} fails, ${killer.title}: ${killer.reason}`);
    process.exit(2);
  }
  for (const [test, milliseconds] of passed) usual.set(test, milliseconds);
};

const usualOf = (url: string): number =>
  [...usual].reduce((sum, [test, milliseconds]) => sum + (test.startsWith(`${url} `) ? milliseconds : 0), 0);

// The tests that have killed mutants of a file run first, the last of them before the others; then the short ones.
const killers = new Map<string, string[]>();

const filesFor = (file: string, url: string) => {
  const known = killers.get(file) ?? [];
  const orderOf = (test: string) => (known.includes(test) ? known.indexOf(test) : known.length);
  const titlesOf = (testUrl: string) =>
    [...usual]
      .filter(([test]) => test.startsWith(`${testUrl} `))
      .toSorted(([a, timeA], [b, timeB]) => orderOf(a) - orderOf(b) || timeA - timeB)
      .map(([test]) => test.slice(testUrl.length + 1));
  const rankOf = (testUrl: string) => Math.min(...titlesOf(testUrl).map((title) => orderOf(`${testUrl} ${title}`)));
  return testsOf(dependents.get(url) ?? [])
    .toSorted((a, b) => rankOf(a) - rankOf(b) || usualOf(a) - usualOf(b))
    .map((testUrl) => ({ url: testUrl, first: titlesOf(testUrl) }));
};

const survivors: Mutant[] = [];

const judge = async (worker: ReturnType<typeof workerProcess>, mutant: Mutant): Promise<void> => {
  jobs += 1;
  const url = urlOf(mutant.file);
  const job = {
    number: jobs,
    mutated: { url, source: mutant.source },
    dependents: dependents.get(url) ?? [],
    files: filesFor(mutant.file, url),
  };
  const { killer } = await worker.run(job, mutant.isAlone);
  if (killer) {
    const test = `${killer.url} ${killer.title}`;
    killers.set(mutant.file, [test, ...(killers.get(mutant.file) ?? []).filter((one) => one !== test)]);
  } else survivors.push(mutant);
  console.log(`${killer ? "killed  " : "SURVIVES"}  ${mutant.line}  ${mutant.name}`);
};

await baseline();
const mutants = files.flatMap((file) => mutantsOf(file, textOf(file)));
const queue = [...mutants];
await Promise.all(
  Array.from({ length: 2 }, async () => {
    const worker = workerProcess((test) => usual.get(test) ?? 1000);
    for (let mutant = queue.shift(); mutant; mutant = queue.shift()) await judge(worker, mutant);
    worker.stop();
  }),
);

const { problems, lastLine } = summaryOf({ mutants, survivors, listed: equivalentMutants });
for (const problem of problems) console.error(problem);
console.log(lastLine);
process.exitCode = problems.length > 0 ? 1 : 0;
