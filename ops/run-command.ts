import { problemOf } from "./problem.ts";

/** Runs an operator's command to its exit code. The first Ctrl-C says `whenInterrupted` and aborts its signal, a second one ends it at once. */
export const runCommand = async (
  run: (signal: AbortSignal) => Promise<number>,
  whenInterrupted: string,
): Promise<void> => {
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"]) {
    process.on(signal, () => {
      if (stop.signal.aborted) process.exit(130);
      console.error(`\n${whenInterrupted} Again ends it at once.`);
      stop.abort();
    });
  }

  try {
    process.exitCode = await run(stop.signal);
  } catch (error) {
    console.error(problemOf(error) ?? error);
    process.exitCode = 2;
  }
};
