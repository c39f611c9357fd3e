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
  /** The tests of these files that are worth another run, by which more is known of their time: those of less than five seconds. */
  toTimeAgain(urls: string[]): Job["files"];
  /** The tests of the files that run what a mutant changes, in parts, of which the next is to be run where the one before killed nothing. */
  plans(mutant: { file: string; offset: number }): Job["files"][];
}

// Most mutants are killed by a test that takes much less, runs what they change, and killed another of their file, or is of their folder.
const longMilliseconds = 1000;
const mostKillers = { short: 8, long: 3 };

/** Knows nothing at first. */
export const testTimes = (): TestTimes => {
  const tests: TimedTest[] = [];
  const killers = new Map<string, string[]>();
  const reachedBy = new Map<string, Set<number>>();
  const add = (name: string, offsets: number[]): void =>
    void reachedBy.set(name, new Set([...(reachedBy.get(name) ?? []), ...offsets]));
  return {
    took: ({ reached, ...test }) => {
      const known = tests.find((one) => nameOf(one) === nameOf(test));
      // The first time it may have loaded a package.
      if (known) known.milliseconds = Math.min(known.milliseconds, test.milliseconds);
      else tests.push(test);
      for (const [url, offsets] of Object.entries(reached)) {
        add(`${nameOf(test)} ${url}`, offsets);
        // Modules are loaded anew for each file of tests, so what one of them runs is counted at least once.
        add(`${test.url} ${url}`, offsets);
      }
    },
    killed: (file, test) => {
      const others = (killers.get(file) ?? []).filter((name) => name !== nameOf(test));
      killers.set(file, [nameOf(test), ...others]);
    },
    usual: (url, title) => tests.find((test) => test.url === url && test.title === title)?.milliseconds ?? 1000,
    toTimeAgain: (urls) =>
      byTime(tests.filter(({ url, milliseconds }) => urls.includes(url) && milliseconds < 5 * longMilliseconds)),
    plans: ({ file, offset }) => {
      const has = (name: string): boolean => reachedBy.get(`${name} ${urlOf(file)}`)?.has(offset) ?? false;
      const reaching = tests.filter(({ url }) => has(url));
      const [short, long] = [reaching.filter(isShort), reaching.filter((test) => !isShort(test))];
      const killed = (killers.get(file) ?? []).flatMap((name) => reaching.find((test) => nameOf(test) === name) ?? []);
      const mirrored = urlOf(`test/${file}`);
      const killedShort = killed.filter(isShort).slice(0, mostKillers.short);
      const ofFolder = short.filter(({ url }) => folderOf(url) === folderOf(mirrored));
      // A test may also run what it is not counted for, as reached.ts says.
      const ran = (test: TimedTest): boolean => has(nameOf(test));
      const parts = [
        killedShort.filter(ran),
        ofFolder.filter(ran),
        killedShort,
        ofFolder,
        killed.filter((test) => !isShort(test)).slice(0, mostKillers.long),
        long.filter(({ url }) => url === mirrored.replace(/\.ts$/, ".test.ts")),
        short,
        long,
      ];
      const planned = new Set<TimedTest>();
      return parts.map((part) => {
        const others = part.filter((test) => !planned.has(test));
        for (const test of others) planned.add(test);
        return byTime(others);
      });
    },
  };
};

const nameOf = ({ url, title }: { url: string; title: string }): string => `${url} ${title}`;

const isShort = ({ milliseconds }: TimedTest): boolean => milliseconds <= longMilliseconds;

const folderOf = (url: string): string => url.slice(0, url.lastIndexOf("/"));

// Each file once, with its tests.
const byTime = (tests: TimedTest[]): Job["files"] => {
  const timeOf = (own: TimedTest[]) => own.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  return [...Map.groupBy(tests, ({ url }) => url)]
    .toSorted(([, a], [, b]) => timeOf(a) - timeOf(b))
    .map(([url, own]) => ({
      url,
      titles: own.toSorted((a, b) => a.milliseconds - b.milliseconds).map(({ title }) => title),
    }));
};
