import { randomUUID } from "node:crypto";
import type { Metrics } from "../cloudwatch/metrics.ts";
import { AwsError } from "../protocol/aws-call.ts";
import type { Clock } from "../time/clock.ts";
import { assertName, readExecutionInput } from "./limits.ts";
import type { Execution, Failure, Machine, MachineType } from "./machine.ts";
import { measuredExecution } from "./metrics.ts";

/** An execution that was started and not waited for. */
export interface StartedExecution {
  arn: string;
  machineArn: string;
  name: string;
  /** As text, as it was given. */
  input: string;
  status: "RUNNING" | Execution["status"];
  /** Milliseconds since 1970. */
  startedAt: number;
  /** Null as long as it runs. */
  endedAt: number | null;
  output: unknown;
  failure: Failure | null;
}

/** State machines that can be started by their ARNs. */
export interface Executions {
  /** Runs a state machine to its end; null if there is none of that ARN. */
  start(machineArn: string, name: string, input: unknown): Promise<Execution | null>;
  /**
   * Starts a state machine, and lets it run in the background, where its waits make no virtual time pass; throws an `AwsError` for what
   * Step Functions refuses. A Standard execution is started once under its name, for 90 days.
   */
  startInBackground(machineArn: string, input: string, name?: string): StartedExecution;
  /** The Standard execution of this ARN; null if there is none. */
  find(executionArn: string): StartedExecution | null;
  /** Aborts the Standard execution of this ARN, if it still runs. */
  abort(executionArn: string, failure: Failure): Promise<void>;
  /** Whether the state machine of this ARN is Express or Standard; null if there is none. */
  typeOf(machineArn: string): MachineType | null;
  /** Waits in `idle` and `stop` for other work too, such as the delivery of what an execution published. */
  follow: <T>(work: Promise<T>) => Promise<T>;
  /** Lets virtual time pass until all executions have ended, those in the background too. */
  idle(): Promise<void>;
  /** Aborts what runs in the background, and waits for the others, for which virtual time passes. */
  stop(): Promise<void>;
}

/** What executions are made with. */
export interface ExecutionsArgs {
  metrics: Metrics;
  clock: Clock;
  /** Gets each execution that ran in the background, and the name of its state machine. */
  onEnd?: ((execution: Execution, machineName: string) => void) | undefined;
}

// https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
const nameKeptMilliseconds = 90 * 24 * 60 * 60 * 1000;

/** Makes these machines startable. */
export const makeExecutions = (machines: Machine[], args: ExecutionsArgs): Executions => {
  const { clock } = args;
  const running = new Set<Promise<unknown>>();
  const standard = new Map<string, StartedExecution>();
  const machineOf = (machineArn: string) => machines.find(({ arn }) => arn === machineArn) ?? null;

  const follow = <T>(work: Promise<T>): Promise<T> => {
    running.add(work);
    return work.finally(() => running.delete(work));
  };

  const background = makeBackground(args, follow);

  const ended = async (): Promise<void> => {
    while (running.size > 0) await Promise.allSettled(running);
  };

  return {
    start: async (machineArn, name, input) => {
      const machine = machineOf(machineArn);
      if (!machine) return null;
      return follow(measuredExecution(args, machineArn, () => machine.run(name, input)));
    },
    startInBackground: (machineArn, input, name = randomUUID()) => {
      assertName(name);
      const machine = machineOf(machineArn);
      if (!machine) throw new AwsError("StateMachineDoesNotExist", `State Machine Does Not Exist: '${machineArn}'`);
      const value = readExecutionInput(input);
      const [arn, startedAt] = [machine.executionArn(name), clock.now()];
      const known = standard.get(arn);
      if (known?.status === "RUNNING" && known.input === input) return known;
      if (known && (known.endedAt ?? startedAt) + nameKeptMilliseconds > startedAt)
        throw new AwsError("ExecutionAlreadyExists", `Execution Already Exists: '${arn}'`);
      const result = { status: "RUNNING" as const, endedAt: null, output: null, failure: null };
      const started = { arn, machineArn, name, input, startedAt, ...result };
      if (machine.type === "STANDARD") standard.set(arn, started);
      background.run(machine, started, value);
      return started;
    },
    find: (executionArn) => standard.get(executionArn) ?? null,
    abort: background.abort,
    follow,
    typeOf: (machineArn) => machineOf(machineArn)?.type ?? null,
    idle: () => clock.passWhile(ended()),
    stop: async () => {
      background.abortAll();
      await clock.passWhile(ended());
    },
  };
};

const makeBackground = (args: ExecutionsArgs, follow: (execution: Promise<Execution>) => Promise<Execution>) => {
  const running = new Map<string, { controller: AbortController; ended: Promise<Execution> }>();

  const run = async (machine: Machine, started: StartedExecution, input: unknown, signal: AbortSignal) => {
    const more = { arn: started.arn, signal };
    const execution = await args.clock.runInBackground(() =>
      measuredExecution(args, machine.arn, () => machine.run(started.name, input, more)),
    );
    const { status, output, failure } = execution;
    Object.assign(started, { status, output, failure, endedAt: args.clock.now() });
    running.delete(started.arn);
    args.onEnd?.(execution, machine.name);
    return execution;
  };

  return {
    run: (machine: Machine, started: StartedExecution, input: unknown): void => {
      const controller = new AbortController();
      running.set(started.arn, { controller, ended: follow(run(machine, started, input, controller.signal)) });
    },
    abort: async (executionArn: string, failure: Failure): Promise<void> => {
      const execution = running.get(executionArn);
      execution?.controller.abort(failure);
      await execution?.ended;
    },
    abortAll: (): void => {
      for (const { controller } of running.values()) controller.abort({ Error: "", Cause: "The emulator stops" });
    },
  };
};
