/** A test, and what its file does before and after all of its tests. */
export interface SuiteTest {
  title: string;
  run: () => unknown;
}

/** A file's tests, once it is imported. */
export interface Suite {
  tests: SuiteTest[];
  before: (() => unknown)[];
  after: (() => unknown)[];
}

/** The suites of the files that were imported since it was emptied. */
export const imported: Suite[] = [];

/** Stands for uvu's `suite`: it collects the tests, so that the worker runs them one by one and ends with the first that fails. */
export const suite = () => {
  const own: Suite = { tests: [], before: [], after: [] };
  const add = (title: string, run: () => unknown): void => void own.tests.push({ title, run });
  return Object.assign(add, {
    before: (run: () => unknown): void => void own.before.push(run),
    after: (run: () => unknown): void => void own.after.push(run),
    run: (): void => void imported.push(own),
  });
};
