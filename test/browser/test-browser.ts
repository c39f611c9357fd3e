import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { Command } from "commander";

const command = new Command("npm run test:browser --")
  .description("Opens the console's pages in headless Chromium, clicks through them, and audits them with axe.")
  .argument("[parts...]", "parts of the names of files in test/browser, such as events")
  .addHelpText(
    "after",
    `
It runs the Chromium that the variable PLAYWRIGHT_CHROMIUM names, or the first of
chromium, chromium-browser and google-chrome on PATH.

Exit codes:
  0  all tests passed
  1  a test failed
  2  there is no Chromium, no such test file, or no such option`,
  )
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
  .parse();

// Loaded late: the help needs no packages.
const { browserPath } = await import("../helpers/browser.ts");

if (browserPath() === null) {
  console.error(`There is no Chromium on this machine. Install one:
  Debian, as root:  apt-get install chromium
  macOS:            brew install --cask chromium
or name one that is elsewhere: PLAYWRIGHT_CHROMIUM=/path/to/chromium npm run test:browser`);
  process.exit(2);
}
const parts = command.args.length > 0 ? command.args.map((part) => join("test/browser", part)) : ["test/browser/"];
const runner = join(import.meta.dirname, "../run.ts");
const { status, error } = spawnSync(process.execPath, [runner, ...parts], { stdio: "inherit" });
if (error) throw error;
process.exitCode = status ?? 1;
