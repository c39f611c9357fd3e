import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { clearTimeout, setTimeout } from "node:timers";
import { setTimeout as delay } from "node:timers/promises";
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
  /** Takes the place of a wait of the Lambda beside which nothing else goes on; without it, such a wait takes real time. */
  sleep?: (milliseconds: number) => Promise<void>;
}

/** A thread with a Lambda's code, which takes one call at a time. */
export interface Container {
  /** Invokes the Lambda; throws a `LambdaError` for what it throws, and for a crash or a timeout, by Lambda's own names. */
  call(payload: string): Promise<unknown>;
  /** Whether it has crashed or timed out: Lambda does not reuse such a container. */
  isTerminated(): boolean;
  end(): Promise<void>;
}

/** A message from the thread: the code is loaded, a line of the log, a wait, or the answer to a call. */
export type FromContainer = { ready: true } | { log: string } | Wait | { payload: string } | { error: LambdaErrorArgs };

interface Wait {
  wait: number;
  milliseconds: number;
}

/** A message to the thread: the payload of a call, or that a wait is over. */
export type ToContainer = { call: string } | { over: number };

type Answer = { payload: string } | { error: LambdaErrorArgs };

/** Starts a thread and has it load the code. */
export const startContainer = (args: ContainerArgs): Container => {
  let settle: ((answer: Answer) => void) | null = null;
  let crash: Answer | null = null;
  let isReady = false;
  let onReady: (() => void) | null = null;

  const worker = startWorker(args);
  const post = (message: ToContainer): void => worker.postMessage(message);
  const waits = waitsOf(args, post);
  const fail = (errorType: string, errorMessage: string): void => {
    crash ??= { error: { errorType, errorMessage: `RequestId: ${randomUUID()} Error: ${errorMessage}` } };
    settle?.(crash);
  };
  worker.on("message", (message: FromContainer) => {
    if ("log" in message) args.onLog(message.log);
    else if ("wait" in message) void waits.skip(message, settle !== null);
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
        waits.begin();
        post({ call: payload });
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

const waitsOf = ({ sleep, timeoutSeconds }: ContainerArgs, post: (message: ToContainer) => void) => {
  let skippedMilliseconds = 0;
  return {
    begin: () => {
      skippedMilliseconds = 0;
    },
    // A call that waits for longer than it may take is left to its timeout.
    skip: async ({ wait, milliseconds }: Wait, isInCall: boolean): Promise<void> => {
      skippedMilliseconds += milliseconds;
      if (skippedMilliseconds >= timeoutSeconds * 1000) return;
      // Only a call holds time still.
      await (isInCall && sleep ? sleep(milliseconds) : delay(milliseconds));
      post({ over: wait });
    },
  };
};

const startWorker = (args: ContainerArgs): Worker =>
  new Worker(join(import.meta.dirname, "container-worker.ts"), {
    workerData: { code: args.code, skipsWaits: args.sleep !== undefined },
    env: args.environment,
    // A warning of Node's about the way the code is loaded here is nothing that the Lambda would log.
    execArgv: ["--disable-warning=ExperimentalWarning"],
    // With a young generation of this size, the garbage of calls is collected once in many of them.
    resourceLimits: { maxOldGenerationSizeMb: args.memoryMegabytes, maxYoungGenerationSizeMb: 64 },
  });
