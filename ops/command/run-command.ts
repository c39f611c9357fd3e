import { inspect } from "node:util";
import { escapeLines } from "../terminal/escape.ts";
import { wrapText } from "../terminal/fit.ts";
import { messageForUser } from "./errors.ts";

/**
 * Runs an operator's command and sets the exit code that it returns, or 2 for an error.
 *
 * Ctrl-C ends it at once. With `interruptedMessage` the first Ctrl-C prints that and aborts the signal instead, and the second ends it.
 */
export const runCommand = async (
  run: (signal: AbortSignal) => Promise<number>,
  interruptedMessage?: string,
): Promise<void> => {
  // A reader such as `head` may close the pipe early: the command does its work all the same.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
  const stop = new AbortController();
  for (const signal of interruptedMessage === undefined ? [] : ["SIGINT", "SIGTERM"]) {
    process.on(signal, () => {
      if (stop.signal.aborted) process.exit(130);
      console.error(`\n${interruptedMessage} Press Ctrl-C again to stop at once.`);
      stop.abort();
    });
  }

  try {
    process.exitCode = await run(stop.signal);
  } catch (error) {
    const message = messageForUser(error);
    console.error(message === null ? escapeLines(inspect(error)) : wrapText(escapeLines(message), 2));
    process.exitCode = 2;
  }
};
