import { randomBytes } from "node:crypto";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { type DescribeExecutionOutput, SFNClient, StartExecutionCommand } from "@aws-sdk/client-sfn";
import { UserError } from "../command/errors.ts";
import { followExecution } from "../command/follow-execution.ts";
import type { Target } from "../command/target.ts";
import { openRunLogs, type Page, type Patience, type RunLogs } from "./run-logs.ts";
import { differing, readOutput, type Summary } from "./run-output.ts";

/** What a reconciliation compares, and whether it heals. */
export interface RunOptions {
  /** Since when the payments were made that are compared. */
  since?: Date;
  subscription?: string;
  customer?: string;
  /** Only compare. */
  dryRun?: boolean;
}

/** A reconciliation that was started. */
export interface Run {
  name: string;
  /** Of its first execution. */
  executionArn: string;
  logs: RunLogs;
  /** Follows it to its end; returns null once the signal is aborted. */
  follow(args: FollowRunArgs): Promise<RunEnd | null>;
}

/** How a reconciliation is followed. */
export interface FollowRunArgs extends Patience {
  /** Gets the newest page, as often as it is looked for. */
  onPage?: (page: Page | null) => void;
}

/** How a reconciliation ended, in its last execution. */
export interface RunEnd {
  execution: DescribeExecutionOutput;
  /** Null where it failed. */
  summary: Summary | null;
}

/** Starts a stack's reconciliation under a name of its own. */
export const startRun = async (target: Target, options: RunOptions): Promise<Run> => {
  const { stateMachineArn, logGroupName } = machineOf(target);
  const sfn = new SFNClient(target.config);
  const name = `reconcile-${Date.now().toString(36)}-${randomBytes(4).toString("hex")}`;
  const input = JSON.stringify({ run: runOf(options) });
  const { executionArn = "", startDate = new Date() } = await sfn.send(
    new StartExecutionCommand({ stateMachineArn, name, input }),
  );
  const logs = openRunLogs(new CloudWatchLogsClient(target.config), logGroupName, startDate);
  return { name, executionArn, logs, follow: (args) => follow(sfn, executionArn, logs, args) };
};

const machineOf = ({ name, stack }: Target): { stateMachineArn: string; logGroupName: string } => {
  const stateMachineArn = stack.stateMachines["reconcile"];
  const logGroupName = stack.logGroups["compare-page"];
  if (stateMachineArn !== undefined && logGroupName !== undefined) return { stateMachineArn, logGroupName };
  throw new UserError(
    `${name} has no state machine reconcile: it is older than this command; deploy it, and try again`,
  );
};

const runOf = ({ since, subscription, customer, dryRun }: RunOptions): object => ({
  // Rows that such a run makes are no drift, which would go off an alarm.
  ...(since && { since: Math.floor(since.getTime() / 1000), backfill: true }),
  ...(subscription !== undefined && { subscription }),
  ...(customer !== undefined && { customer }),
  ...(dryRun && { dryRun }),
});

// Each execution hands over to the next one after many pages.
const follow = async (
  sfn: SFNClient,
  firstArn: string,
  logs: RunLogs,
  { onPage, signal, quietSeconds }: FollowRunArgs,
): Promise<RunEnd | null> => {
  for (let executionArn = firstArn; ;) {
    const onRunning = async (): Promise<void> => {
      await logs.read(executionArn);
      onPage?.(logs.page());
    };
    const execution = await followExecution(sfn, executionArn, { signal, onRunning });
    if (execution === null) return null;
    if (execution.status !== "SUCCEEDED") {
      await logs.read(executionArn);
      return { execution, summary: null };
    }
    const { summary, continuedBy } = readOutput(execution.output);
    await logs.readUntil(executionArn, differing(summary), { signal, quietSeconds });
    if (continuedBy === null) return { execution, summary };
    executionArn = executionArn.replace(/[^:]+$/, continuedBy);
  }
};
