/** Runs something that takes stdout for a terminal of 80 columns. */
export const onTerminal = async <T>(run: () => T | Promise<T>): Promise<T> => {
  const { columns } = process.stdout;
  process.stdout.columns = 80;
  try {
    return await run();
  } finally {
    process.stdout.columns = columns;
  }
};
