import { spawnSync } from "node:child_process";
import { Command } from "commander";

new Command("npm run check --")
  .description("Checks types (tsc), lints (oxlint) and checks the formatting (oxfmt); stops at the first that fails.")
  .parse();

// npm run puts the project's own tools first in PATH.
// The console's script runs in a browser.
const checks = [
  ["tsc"],
  ["tsc", "--project", "console/assets"],
  ["oxlint", "--type-aware", "--deny-warnings"],
  ["oxfmt", "--check"],
];
for (const [tool = "", ...args] of checks) {
  const { status, error } = spawnSync(tool, args, { stdio: "inherit" });
  if (error) throw new Error(`${tool} could not be started: run npm ci, then npm run check`, { cause: error });
  if (status !== 0) process.exit(status ?? 1);
}
