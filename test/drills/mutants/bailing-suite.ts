/** A test, and what its file does before and after all of its tests. */
export interface SuiteTest {
  title: string;
  run: () => unknown;
}

type Hook = () => unknown;

/** A file's tests, once it is imported, and what comes before and after all and each of them. */
export interface Suite {
  tests: SuiteTest[];
  before: Hook[];
  after: Hook[];
  beforeEach: Hook[];
  afterEach: Hook[];
}

/** The suites of the files that were imported since it was emptied. */
export const imported: Suite[] = [];

/** Stands for uvu's `suite`: it collects the tests, so that the worker runs them one by one and ends with the first that fails. */
export const suite = () => {
  const own: Suite = { tests: [], before: [], after: [], beforeEach: [], afterEach: [] };
  const add = (title: string, run: Hook): void => void own.tests.push({ title, run });
  const into = (hooks: Hook[]) => (run: Hook) => void hooks.push(run);
  return Object.assign(add, {
    before: Object.assign(into(own.before), { each: into(own.beforeEach) }),
    after: Object.assign(into(own.after), { each: into(own.afterEach) }),
    run: (): void => void imported.push(own),
  });
};
