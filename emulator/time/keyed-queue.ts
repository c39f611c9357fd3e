/** Runs work side by side, up to a limit, but what has the same key one after the other. */
export const makeSchedule = (limit: number) => {
  const tails = new Map<string, Promise<unknown>>();
  const waiting: (() => void)[] = [];
  let running = 0;

  const enter = async (): Promise<void> => {
    if (running >= limit) await new Promise<void>((done) => waiting.push(done));
    else running += 1;
  };

  const leave = (): void => {
    const next = waiting.shift();
    if (next) next();
    else running -= 1;
  };

  return async <T>(key: string, work: () => Promise<T>): Promise<T> => {
    const before = tails.get(key);
    const mine = (async () => {
      // Whoever waits for the work before is told of its failure.
      await before?.catch(() => {});
      await enter();
      try {
        return await work();
      } finally {
        leave();
      }
    })();
    tails.set(key, mine);
    try {
      return await mine;
    } finally {
      if (tails.get(key) === mine) tails.delete(key);
    }
  };
};
