import { SingleBar } from "cli-progress";

/** A progress bar on standard error; null where that is no terminal. */
export const makeProgressBar = (format: string): SingleBar | null => {
  if (!process.stderr.isTTY) return null;
  const bar = new SingleBar({ format, stream: process.stderr });
  // It turns line wrap off, and a process that ends in the middle must turn it on again.
  process.once("exit", () => bar.stop());
  return bar;
};
