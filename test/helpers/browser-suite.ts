import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import type { Test } from "uvu";
import * as assert from "uvu/assert";
import { openPage, startBrowser, type Viewer } from "./browser.ts";
import { type ServedConsole, startConsole } from "./console.ts";

/** What a suite about the console's pages has: a runner with its console, and a way to open its pages. */
export interface BrowserSuite {
  served: () => ServedConsole;
  browser: () => Browser;
  /** Opens a page in a context of its own, which is closed after the test. */
  open: (path: string, options?: BrowserContextOptions) => Promise<Page>;
}

/** Starts a console, what has happened there, and a browser for a suite; a test fails if a page that it opened had a problem. */
export const browserSuite = (
  test: Test,
  prepare: (served: ServedConsole) => Promise<void> = async () => {},
): BrowserSuite => {
  let served: ServedConsole;
  let browser: Browser;
  let viewers: Viewer[] = [];
  test.before(async () => {
    [served, browser] = await Promise.all([startConsole(), startBrowser()]);
    await prepare(served);
  });
  test.after(async () => {
    await browser.close();
    await served.stop();
  });
  test.after.each(async () => {
    const problems = viewers.flatMap((viewer) => viewer.problems);
    await Promise.all(viewers.map(({ page }) => page.context().close()));
    viewers = [];
    assert.equal(problems, []);
  });
  return {
    served: () => served,
    browser: () => browser,
    open: async (path, options) => {
      const viewer = await openPage(browser, `${served.url}${path}`, options);
      viewers.push(viewer);
      return viewer.page;
    },
  };
};
