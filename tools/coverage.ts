import { spawnSync } from "node:child_process";
import { Command } from "commander";

new Command("npm run coverage --")
  .description("Runs all tests, and fails if less than 95 % of the lines of lambdas/ and infra/ are covered.")
  .parse();

// npm run puts the project's own tools first in PATH; what is covered, and how much must be, is in package.json.
const { status, error } = spawnSync("c8", ["node", "test/run.ts"], { stdio: "inherit" });
if (error) throw new Error("c8 could not be started: run npm ci, then npm run coverage", { cause: error });
process.exitCode = status ?? 1;
