import { enableCompileCache } from "node:module";
import { readOptions } from "./options.ts";

enableCompileCache();

// Whoever reads its lines may want no more of them, as `head` does: what was asked for is done all the same.
const unread = new AbortController();
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  unread.abort();
});

// The command line comes first: its help needs nothing of what follows.
const options = readOptions(process.argv.slice(2));
const { start } = await import("./start.ts");
try {
  process.exitCode = await start(options, unread.signal);
} catch (error) {
  // A plain error says all there is to say; any other is a mistake of the runner's.
  console.error(error instanceof Error && error.constructor === Error ? error.message : error);
  process.exitCode = 2;
}
