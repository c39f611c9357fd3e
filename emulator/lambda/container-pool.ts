import { type Container, type ContainerArgs, startContainer } from "./container.ts";

/** Runs a Lambda's code in as many containers as there are concurrent calls, up to a limit. */
export interface ContainerPool {
  /** Invokes the Lambda; throws a `LambdaError` for what it throws, and for a crash or a timeout, by Lambda's own names. */
  invoke(payload: unknown): Promise<unknown>;
  stop(): Promise<void>;
}

interface Call {
  payload: string;
  done: (answer: Promise<unknown>) => void;
}

/** The largest number of containers of a Lambda by default: one runs while the other waits for DynamoDB; more mostly cost memory. */
export const defaultPoolSize = 2;

/** Makes the container pool of a Lambda, with one container started. */
export const startContainerPool = (args: ContainerArgs, size: number = defaultPoolSize): ContainerPool => {
  const idle: Container[] = [];
  const all = new Set<Container>();
  const waiting: Call[] = [];

  const start = (): Container => {
    const container = startContainer(args);
    all.add(container);
    return container;
  };

  // A container that crashed while it was idle is not reused.
  const takeIdle = (): Container | null => {
    for (let container = idle.pop(); container; container = idle.pop()) {
      if (!container.isTerminated()) return container;
      all.delete(container);
    }
    return null;
  };

  const next = (): void => {
    if (waiting.length === 0) return;
    const container = takeIdle() ?? (all.size < size ? start() : null);
    if (container === null) return;
    const call = waiting.shift();
    call?.done(run(container, call.payload));
  };

  const run = async (container: Container, payload: string): Promise<unknown> => {
    try {
      return await container.call(payload);
    } finally {
      if (container.isTerminated()) {
        all.delete(container);
        await container.end();
      } else idle.push(container);
      next();
    }
  };

  idle.push(start());
  return {
    invoke: (payload) =>
      new Promise((done) => {
        waiting.push({ payload: JSON.stringify(payload), done });
        next();
      }),
    stop: async () => {
      waiting.length = 0;
      await Promise.all([...all].map((container) => container.end()));
    },
  };
};
