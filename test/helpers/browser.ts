import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import axe from "axe-core";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";

const names = ["chromium", "chromium-browser", "google-chrome"];

/** The path of this machine's Chromium: PLAYWRIGHT_CHROMIUM, or else the first on PATH; null if there is none. */
export const browserPath = (env: NodeJS.ProcessEnv = process.env): string | null => {
  const directories = (env["PATH"] ?? "").split(delimiter);
  const found = names.flatMap((name) => directories.map((directory) => join(directory, name))).find(isExecutable);
  return env["PLAYWRIGHT_CHROMIUM"] ?? found ?? null;
};

const isExecutable = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** Starts this machine's Chromium without a window. */
export const startBrowser = (): Promise<Browser> => {
  const executablePath = browserPath();
  if (executablePath === null) throw new Error("There is no Chromium here: npm run test:browser says how to get one");
  return chromium.launch({ executablePath });
};

/** A page in a browser, and what must never happen on one. */
export interface Viewer {
  page: Page;
  /** Errors of its scripts, what its policy refused, and requests to another origin. */
  problems: string[];
}

/** Opens a page in a context of its own; its time zone is Tokyo's. */
export const openPage = async (browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Viewer> => {
  const context = await browser.newContext({ timezoneId: "Asia/Tokyo", locale: "en-GB", ...options });
  const page = await context.newPage();
  const problems: string[] = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) problems.push(message.text());
  });
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("request", (request) => {
    if (new URL(request.url()).origin !== new URL(url).origin) problems.push(`requested ${request.url()}`);
  });
  await page.goto(url);
  return { page, problems };
};

// Half the width is how a browser zooms to 200 %.
const views = [
  { width: 1200, height: 800, colorScheme: "dark" },
  { width: 1200, height: 800, colorScheme: "light" },
  { width: 600, height: 400, colorScheme: "light" },
  { width: 400, height: 800, colorScheme: "light" },
] as const;

/** What is wrong with a page for those who see little, use no mouse or have a small screen: by axe, and by its width. */
export const audit = async (page: Page): Promise<string[]> => {
  const before = page.viewportSize();
  const problems: string[] = [];
  await page.evaluate(axe.source);
  for (const { colorScheme, ...size } of views) {
    await page.setViewportSize(size);
    // Colours that are still on their way have a contrast of their own.
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    const found = [...(await violationsOn(page)), ...(await overflowOf(page))];
    problems.push(...found.map((problem) => `${size.width} px, ${colorScheme}: ${problem}`));
  }
  if (before) await page.setViewportSize(before);
  return problems;
};

const standards = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

const violationsOn = async (page: Page): Promise<string[]> => {
  // It runs in the page, where axe is a global.
  const { violations } = await page.evaluate(
    (values): Promise<axe.AxeResults> =>
      (globalThis as unknown as { axe: typeof axe }).axe.run({ runOnly: { type: "tag", values } }),
    standards,
  );
  return violations.flatMap(({ id, help, nodes }) => nodes.map(({ html }) => `${id}: ${help}: ${html.slice(0, 200)}`));
};

const overflowOf = async (page: Page): Promise<string[]> => {
  const widths = await page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]");
  const [content = 0, window = 0] = widths as number[];
  return content > window ? [`the page is ${content} px wide in a window of ${window} px`] : [];
};
