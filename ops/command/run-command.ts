import { problemOf } from "./errors.ts";

/** Runs an operator's command to its exit code. Ctrl-C ends it at once; or, with `whenInterrupted`, says that and aborts its signal, and ends it the second time. */
export const runCommand = async (
  run: (signal: AbortSignal) => Promise<number>,
  whenInterrupted?: string,
): Promise<void> => {
  const stop = new AbortController();
  for (const signal of whenInterrupted === undefined ? [] : ["SIGINT", "SIGTERM"]) {
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
