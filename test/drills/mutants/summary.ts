import type { Mutant } from "./mutants-of.ts";

/** How many of the mutants the tests must kill, in percent. */
export const leastPercent = 95;

/** The mutants of a run, those that no test killed, and the list of those that none can kill, each with the reason. */
export interface MutationRun {
  mutants: readonly Pick<Mutant, "name" | "file" | "line">[];
  survivors: readonly Pick<Mutant, "name" | "file" | "line">[];
  listed: Readonly<Record<string, string>>;
}

/** What is wrong with a run, a line each, and the share that was killed. */
export const summaryOf = ({ mutants, survivors, listed }: MutationRun): { problems: string[]; lastLine: string } => {
  const files = new Set(mutants.map(({ file }) => file));
  const surviving = new Set(survivors.map(({ name }) => name));
  const killed = mutants.length - survivors.length;
  const percent = mutants.length === 0 ? 0 : (100 * killed) / mutants.length;
  return {
    problems: [
      ...survivors
        .filter(({ name }) => !(name in listed))
        .map(({ name, line }) => `No test kills this mutant, and it is not listed (line ${line}): ${name}`),
      ...Object.keys(listed)
        .filter((name) => files.has(name.split(" ")[0] ?? "") && !surviving.has(name))
        .map((name) => `Listed as a mutant that no test can kill, but a test kills it, or it is none: ${name}`),
      ...(percent < leastPercent ? [`Fewer than ${leastPercent} % of the mutants were killed`] : []),
    ],
    lastLine: `${killed} of ${mutants.length} mutants killed: ${(Math.floor(percent * 10) / 10).toFixed(1)} %`,
  };
};
