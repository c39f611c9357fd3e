import { type Container, type ContainerArgs, startContainer } from "./container.ts";

/** Runs a Lambda's code, in as many containers as there are calls at once, up to a few. */
export interface Sandbox {
  /** Calls the Lambda; throws a `LambdaError` for what it throws, and for a crash or a timeout, by Lambda's own names. */
  invoke(payload: unknown): Promise<unknown>;
  stop(): Promise<void>;
}

interface Call {
  payload: string;
  done: (answer: Promise<unknown>) => void;
}

/** How many containers of a Lambda there are at most: one runs while the other waits for DynamoDB; more mostly cost memory. */
export const usualContainers = 2;

/** Makes the sandbox of a Lambda, with one container started. */
export const startSandbox = (args: ContainerArgs, mostContainers: number = usualContainers): Sandbox => {
  const idle: Container[] = [];
  const all = new Set<Container>();
  const waiting: Call[] = [];

  const start = (): Container => {
    const container = startContainer(args);
    all.add(container);
    return container;
  };

  // One that crashed while it had nothing to do is used no more.
  const fresh = (): Container | null => {
    for (let container = idle.pop(); container; container = idle.pop()) {
      if (!container.isSpent()) return container;
      all.delete(container);
    }
    return null;
  };

  const next = (): void => {
    if (waiting.length === 0) return;
    const container = fresh() ?? (all.size < mostContainers ? start() : null);
    if (container === null) return;
    const call = waiting.shift();
    call?.done(run(container, call.payload));
  };

  const run = async (container: Container, payload: string): Promise<unknown> => {
    try {
      return await container.call(payload);
    } finally {
      if (container.isSpent()) {
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
