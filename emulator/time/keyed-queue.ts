/** Makes a queue that runs work concurrently up to a limit, and work of the same key in order. */
export const makeKeyedQueue = (concurrency: number) => {
  const tails = new Map<string, Promise<unknown>>();
  const waiting: (() => void)[] = [];
  let running = 0;

  const enter = async (): Promise<void> => {
    if (running >= concurrency) await new Promise<void>((done) => waiting.push(done));
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
      // The failure of the work before belongs to its own caller.
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
