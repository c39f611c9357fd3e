import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { clearTimeout, setTimeout } from "node:timers";
import { Worker } from "node:worker_threads";

/** A Lambda as it is deployed. */
export interface SandboxArgs {
  name: string;
  code: string;
  environment: Record<string, string>;
  memoryMegabytes: number;
  timeoutSeconds: number;
  /** Is given each line that the Lambda writes to its log. */
  onLog: (line: string) => void;
}

/** What a Lambda answers for an error: its name, its message, and where it happened. */
export class LambdaError extends Error {
  override readonly name: string;
  readonly trace: string[];

  constructor({ errorType, errorMessage, trace }: { errorType: string; errorMessage: string; trace: string[] }) {
    super(errorMessage);
    this.name = errorType;
    this.trace = trace;
  }
}

/** Runs a Lambda's code, in as many threads as there are calls at once, up to a few. */
export interface Sandbox {
  /** Calls the Lambda; throws a `LambdaError` for what it throws, and for a crash or a timeout, by Lambda's own names. */
  invoke(payload: unknown): Promise<unknown>;
  stop(): Promise<void>;
}

interface Container {
  worker: Worker;
  ready: Promise<unknown>;
}

interface Call {
  payload: string;
  done: (answer: Promise<unknown>) => void;
}

// One runs while the other waits for DynamoDB; more would only cost memory.
const mostContainers = 2;

/** Makes the sandbox of a Lambda, with one container started. */
export const startSandbox = (args: SandboxArgs): Sandbox => {
  const idle: Container[] = [];
  const all = new Set<Container>();
  const waiting: Call[] = [];

  const start = (): Container => {
    const container = startContainer(args);
    all.add(container);
    return container;
  };

  const end = async (container: Container): Promise<void> => {
    all.delete(container);
    await container.worker.terminate();
  };

  const next = (): void => {
    const container = idle.pop() ?? (all.size < mostContainers ? start() : undefined);
    if (!container) return;
    const call = waiting.shift();
    if (!call) {
      idle.push(container);
      return;
    }
    call.done(run(container, call.payload));
  };

  const run = async (container: Container, payload: string): Promise<unknown> => {
    try {
      const answer = await callOnce(container, payload, args);
      idle.push(container);
      return answer;
    } catch (error) {
      // Lambda throws a container away that crashed or did not end; one that answered an error goes on.
      if (error instanceof LambdaError && !/^(Runtime|Sandbox)\./.test(error.name)) idle.push(container);
      else await end(container);
      throw error;
    } finally {
      if (waiting.length > 0) next();
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
      await Promise.all([...all].map(end));
    },
  };
};

const startContainer = (args: SandboxArgs): Container => {
  const worker = new Worker(join(import.meta.dirname, "sandbox-worker.ts"), {
    workerData: { code: args.code },
    env: args.environment,
    resourceLimits: { maxOldGenerationSizeMb: args.memoryMegabytes },
    stdout: true,
    stderr: true,
  });
  for (const stream of [worker.stdout, worker.stderr]) createInterface(stream).on("line", args.onLog);
  const ready = once(worker, "message");
  // Whoever calls next is told.
  ready.catch(() => {});
  return { worker, ready };
};

const callOnce = ({ worker, ready }: Container, payload: string, { timeoutSeconds, name }: SandboxArgs) =>
  new Promise<unknown>((resolve, reject) => {
    const id = randomUUID();
    const failed = (errorType: string, errorMessage: string) => {
      finish(() =>
        reject(new LambdaError({ errorType, errorMessage: `RequestId: ${id} Error: ${errorMessage}`, trace: [] })),
      );
    };
    const onMessage = (message: { payload?: string; error?: ConstructorParameters<typeof LambdaError>[0] }) => {
      const { error, payload: text = "null" } = message;
      finish(() => (error ? reject(new LambdaError(error)) : resolve(JSON.parse(text))));
    };
    const onError = (error: Error) => {
      const isMemory = "code" in error && error.code === "ERR_WORKER_OUT_OF_MEMORY";
      failed(isMemory ? "Runtime.OutOfMemory" : "Runtime.ExitError", `${name} crashed: ${error.message}`);
    };
    const onExit = (code: number) => failed("Runtime.ExitError", `Runtime exited with error: exit status ${code}`);
    let timer: NodeJS.Timeout | undefined;
    const finish = (settle: () => void) => {
      clearTimeout(timer);
      worker.off("message", onMessage).off("error", onError).off("exit", onExit);
      settle();
    };
    worker.on("error", onError).on("exit", onExit);
    ready.then(
      () => {
        // The time that it takes to load is Lambda's initialisation, which has a limit of its own.
        timer = setTimeout(
          () => failed("Sandbox.Timedout", `Task timed out after ${timeoutSeconds.toFixed(2)} seconds`),
          timeoutSeconds * 1000,
        );
        worker.on("message", onMessage);
        worker.postMessage({ id, payload });
      },
      () => {},
    );
  });
