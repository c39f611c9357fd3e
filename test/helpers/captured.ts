/** What a run printed: its log lines, and what went to stdout itself. */
export interface Printed<T> {
  result: T;
  logs: unknown[];
  stdout: string[];
}

const levels = ["log", "info", "warn", "error"] as const;

/** Runs something and keeps what it prints. */
export const captured = async <T>(run: () => Promise<T>): Promise<Printed<T>> => {
  const logs: unknown[] = [];
  const stdout: string[] = [];
  const consoles = levels.map((level) => [level, console[level]] as const);
  // Kept to be put back, not to be called.
  // oxlint-disable-next-line typescript/unbound-method
  const write = process.stdout.write;
  for (const level of levels) console[level] = (line: unknown) => void logs.push(line);
  process.stdout.write = (text: unknown) => stdout.push(`${text}`) > 0;
  try {
    return { result: await run(), logs, stdout };
  } finally {
    process.stdout.write = write;
    for (const [level, print] of consoles) console[level] = print;
  }
};
