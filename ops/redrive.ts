import { readRedriveOptions } from "./redrive-options.ts";

// The command line comes first: its help needs nothing of what follows.
const options = readRedriveOptions(process.argv.slice(2));
const { problemOf } = await import("./problem.ts");
const { redriveAll } = await import("./redrive-all.ts");

const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.on(signal, () => {
    if (stop.signal.aborted) process.exit(130);
    console.error("\nIt ends once what has been started is done; the rest stays in the queue. Again ends it at once.");
    stop.abort();
  });
}

try {
  process.exitCode = await redriveAll(options, stop.signal);
} catch (error) {
  console.error(problemOf(error) ?? error);
  process.exitCode = 2;
}
