import { urlOf } from "./sources.ts";
import type { Offsets } from "./reached.ts";
import type { Job } from "./worker.ts";

interface TimedTest {
  url: string;
  title: string;
  milliseconds: number;
}

/** What is known of the tests: how long each takes without a mutant, and which killed mutants before. */
export interface TestTimes {
  took(test: { url: string; title: string; milliseconds: number; reached: Offsets }): void;
  killed(file: string, test: { url: string; title: string }): void;
  usual(url: string, title: string): number;
  /** The tests of these files to run, by their time. */
  all(urls: string[], kind: Kind): Job["files"];
  /** The tests of the files that run what a mutant changes: those that killed one of its file lately, then by their time. */
  plan(mutant: { file: string; offset: number }, kind: Kind): Job["files"];
}

const longMilliseconds = 1000;

/** Most mutants are killed by a test that takes much less than a second. */
type Kind = "short" | "long";

/** Knows nothing at first. */
export const testTimes = (): TestTimes => {
  const tests: TimedTest[] = [];
  const killers = new Map<string, string[]>();
  const reachedBy = new Map<string, Set<number>>();
  return {
    took: ({ reached, ...test }) => {
      tests.push(test);
      for (const [url, offsets] of Object.entries(reached)) {
        // Modules are loaded anew for each file of tests, so what one of them runs is counted at least once.
        const known = reachedBy.get(`${test.url} ${url}`);
        reachedBy.set(`${test.url} ${url}`, new Set([...(known ?? []), ...offsets]));
      }
    },
    killed: (file, test) => {
      const others = (killers.get(file) ?? []).filter((name) => name !== nameOf(test));
      killers.set(file, [nameOf(test), ...others]);
    },
    usual: (url, title) => tests.find((test) => test.url === url && test.title === title)?.milliseconds ?? 1000,
    all: (urls, kind) =>
      ordered(
        tests.filter((test) => urls.includes(test.url) && isOf(kind, test)),
        [],
      ),
    plan: ({ file, offset }, kind) => {
      const reaching = tests.filter(
        (test) => isOf(kind, test) && reachedBy.get(`${test.url} ${urlOf(file)}`)?.has(offset),
      );
      return ordered(reaching, killers.get(file) ?? []);
    },
  };
};

const nameOf = ({ url, title }: { url: string; title: string }): string => `${url} ${title}`;

const isOf = (kind: Kind, { milliseconds }: TimedTest): boolean =>
  milliseconds > longMilliseconds === (kind === "long");

// Each file once, with its tests.
const ordered = (tests: TimedTest[], first: string[]): Job["files"] => {
  const rankOf = (test: TimedTest) => (first.includes(nameOf(test)) ? first.indexOf(nameOf(test)) : first.length);
  const byUrl = Map.groupBy(
    tests.toSorted((a, b) => rankOf(a) - rankOf(b) || a.milliseconds - b.milliseconds),
    ({ url }) => url,
  );
  const bestOf = (own: TimedTest[]) => Math.min(...own.map(rankOf));
  const timeOf = (own: TimedTest[]) => own.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  return [...byUrl]
    .toSorted(([, a], [, b]) => bestOf(a) - bestOf(b) || timeOf(a) - timeOf(b))
    .map(([url, own]) => ({ url, titles: own.map(({ title }) => title) }));
};
