import { enableCompileCache } from "node:module";
import { readOptions } from "./options.ts";

enableCompileCache();

// Whoever reads its lines may want no more of them, as `head` does.
process.stdout.on("error", () => process.exit(2));

// The command line comes first: its help needs nothing of what follows.
const options = readOptions(process.argv.slice(2));
const { start } = await import("./start.ts");
try {
  process.exitCode = await start(options);
} catch (error) {
  // A plain error says all there is to say; any other is a mistake of the runner's.
  console.error(error instanceof Error && error.constructor === Error ? error.message : error);
  process.exitCode = 2;
}
