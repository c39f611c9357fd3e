import { setTimeout as delay } from "node:timers/promises";
import { DescribeExecutionCommand, type DescribeExecutionOutput, type SFNClient } from "@aws-sdk/client-sfn";

const shortestMilliseconds = 100;
const longestMilliseconds = 5000;

/** How an execution is followed. */
export interface FollowArgs {
  /** After it is aborted the execution is left as it is. */
  signal?: AbortSignal;
  /** Is called, and waited for, while the execution runs. */
  onRunning?: () => Promise<void>;
}

/** Polls an execution of a Standard state machine with backoff until it has ended; returns null once the signal is aborted. */
export const followExecution = async (
  sfn: SFNClient,
  executionArn: string,
  { signal, onRunning }: FollowArgs = {},
): Promise<DescribeExecutionOutput | null> => {
  for (let wait = shortestMilliseconds; ; wait = Math.min(2 * wait, longestMilliseconds)) {
    const execution = await sfn.send(new DescribeExecutionCommand({ executionArn }));
    if (execution.status !== "RUNNING" && execution.status !== "PENDING_REDRIVE") return execution;
    await onRunning?.();
    await pause(wait, signal);
    if (signal?.aborted) return null;
  }
};

/** Waits, unless and until the signal is aborted. */
export const pause = async (milliseconds: number, signal?: AbortSignal): Promise<void> => {
  await delay(milliseconds, undefined, signal ? { signal } : {}).catch((error: unknown) => {
    if (!signal?.aborted) throw error;
  });
};
