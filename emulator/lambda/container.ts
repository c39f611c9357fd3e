import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { clearTimeout, setTimeout } from "node:timers";
import { Worker } from "node:worker_threads";
import { LambdaError, type LambdaErrorArgs } from "./errors.ts";

/** A Lambda, as its containers are started. */
export interface ContainerArgs {
  name: string;
  code: string;
  environment: Record<string, string>;
  memoryMegabytes: number;
  timeoutSeconds: number;
  /** Gets each line that the Lambda writes to its log, before the call's answer. */
  onLog: (line: string) => void;
}

/** A thread with a Lambda's code, which takes one call at a time. */
export interface Container {
  /** Invokes the Lambda; throws a `LambdaError` for what it throws, and for a crash or a timeout, by Lambda's own names. */
  call(payload: string): Promise<unknown>;
  /** Whether it has crashed or timed out: Lambda does not reuse such a container. */
  isTerminated(): boolean;
  end(): Promise<void>;
}

/** A message from the thread: the code is loaded, a line of the log, or the answer to a call. */
export type FromContainer = { ready: true } | { log: string } | { payload: string } | { error: LambdaErrorArgs };

type Answer = { payload: string } | { error: LambdaErrorArgs };

/** Starts a thread and has it load the code. */
export const startContainer = (args: ContainerArgs): Container => {
  let settle: ((answer: Answer) => void) | null = null;
  let crash: Answer | null = null;
  let isReady = false;
  let onReady: (() => void) | null = null;

  const worker = startWorker(args);
  const fail = (errorType: string, errorMessage: string): void => {
    crash ??= { error: { errorType, errorMessage: `RequestId: ${randomUUID()} Error: ${errorMessage}` } };
    settle?.(crash);
  };
  worker.on("message", (message: FromContainer) => {
    if ("log" in message) args.onLog(message.log);
    else if ("ready" in message) {
      isReady = true;
      onReady?.();
    } else settle?.(message);
  });
  worker.on("error", (error) => {
    const isMemory = "code" in error && error.code === "ERR_WORKER_OUT_OF_MEMORY";
    fail(isMemory ? "Runtime.OutOfMemory" : "Runtime.ExitError", `${args.name} crashed: ${error.message}`);
  });
  worker.on("exit", (code) => fail("Runtime.ExitError", `Runtime exited with error: exit status ${code}`));

  const answerTo = (payload: string): Promise<Answer> =>
    new Promise((done) => {
      let timer: NodeJS.Timeout | undefined;
      settle = (answer) => {
        clearTimeout(timer);
        settle = null;
        done(answer);
      };
      if (crash) return settle(crash);
      // Loading the code is Lambda's init phase, which has a limit of its own.
      onReady = () => {
        const { timeoutSeconds } = args;
        const message = `Task timed out after ${timeoutSeconds.toFixed(2)} seconds`;
        timer = setTimeout(() => fail("Sandbox.Timedout", message), timeoutSeconds * 1000);
        worker.postMessage(payload);
      };
      return isReady && onReady();
    });

  return {
    call: async (payload) => {
      const answer = await answerTo(payload);
      if ("error" in answer) throw new LambdaError(answer.error);
      return JSON.parse(answer.payload);
    },
    isTerminated: () => crash !== null,
    end: async () => {
      await worker.terminate();
    },
  };
};

const startWorker = (args: ContainerArgs): Worker =>
  new Worker(join(import.meta.dirname, "container-worker.ts"), {
    workerData: { code: args.code },
    env: args.environment,
    // A warning of Node's about the way the code is loaded here is nothing that the Lambda would log.
    execArgv: ["--disable-warning=ExperimentalWarning"],
    // With a young generation of this size, the garbage of calls is collected once in many of them.
    resourceLimits: { maxOldGenerationSizeMb: args.memoryMegabytes, maxYoungGenerationSizeMb: 64 },
  });
