import type { Job } from "./worker.ts";

interface TimedTest {
  url: string;
  title: string;
  milliseconds: number;
}

/** What is known of the tests: how long each takes without a mutant, and which killed mutants before. */
export interface TestTimes {
  took(url: string, title: string, milliseconds: number): void;
  killed(file: string, test: { url: string; title: string }): void;
  usual(url: string, title: string): number;
  /** The tests of these files to run for a mutant of a source file: those that killed one of it lately, then by their time. */
  plan(file: string, urls: string[], kind: "short" | "long"): Job["files"];
}

// Most mutants are killed by a test that takes much less.
const longMilliseconds = 1000;

/** Knows nothing at first. */
export const testTimes = (): TestTimes => {
  const tests: TimedTest[] = [];
  const killers = new Map<string, string[]>();
  const nameOf = ({ url, title }: { url: string; title: string }) => `${url} ${title}`;
  return {
    took: (url, title, milliseconds) => void tests.push({ url, title, milliseconds }),
    killed: (file, test) => {
      const others = (killers.get(file) ?? []).filter((name) => name !== nameOf(test));
      killers.set(file, [nameOf(test), ...others]);
    },
    usual: (url, title) => tests.find((test) => test.url === url && test.title === title)?.milliseconds ?? 1000,
    plan: (file, urls, kind) => {
      const known = killers.get(file) ?? [];
      const rankOf = (test: TimedTest) => (known.includes(nameOf(test)) ? known.indexOf(nameOf(test)) : known.length);
      const chosen = tests
        .filter(({ url, milliseconds }) => urls.includes(url) && milliseconds > longMilliseconds === (kind === "long"))
        .toSorted((a, b) => rankOf(a) - rankOf(b) || a.milliseconds - b.milliseconds);
      const byUrl = Map.groupBy(chosen, ({ url }) => url);
      const bestOf = (own: TimedTest[]) => Math.min(...own.map(rankOf));
      const timeOf = (own: TimedTest[]) => own.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
      return [...byUrl]
        .toSorted(([, a], [, b]) => bestOf(a) - bestOf(b) || timeOf(a) - timeOf(b))
        .map(([url, own]) => ({ url, titles: own.map(({ title }) => title) }));
    },
  };
};
