import { randomBytes } from "node:crypto";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { type DescribeExecutionOutput, SFNClient, StartExecutionCommand } from "@aws-sdk/client-sfn";
import { messageForUser, UserError } from "../command/errors.ts";
import { followExecution } from "../command/follow-execution.ts";
import { findTarget, type Target } from "../command/target.ts";
import { type TargetOptions, targetText } from "../command/target-options.ts";
import { escapeText } from "../terminal/escape.ts";
import { failureMessage } from "../terminal/failure-message.ts";
import { wrapCommand, wrapText } from "../terminal/fit.ts";
import { showRunProgress } from "./run-progress.ts";
import { openRunLogs, type Patience, type RunLogs } from "./run-logs.ts";
import { differing, readOutput, type Summary } from "./run-output.ts";
import { differencesText, runJson, summaryText } from "./run-text.ts";

/** What `npm run reconcile` was asked to do. */
export interface ReconcileOptions extends TargetOptions {
  /** Since when the payments were made that are compared. */
  since?: Date;
  subscription?: string;
  customer?: string;
  /** Only compare. */
  dryRun?: boolean;
  json?: boolean;
}

/** Starts a stack's reconciliation, follows it to its end, and prints what differs; returns the exit code. */
export const reconcileStack = async (
  options: ReconcileOptions,
  signal: AbortSignal,
  quietSeconds = 20,
): Promise<number> => {
  const target = await findTarget(options);
  const { stateMachineArn, logGroupName } = machineOf(target);
  const sfn = new SFNClient(target.config);
  const name = `reconcile-${Date.now().toString(36)}-${randomBytes(4).toString("hex")}`;
  const input = JSON.stringify({ run: runOf(options) });
  const { executionArn = "", startDate = new Date() } = await sfn.send(
    new StartExecutionCommand({ stateMachineArn, name, input }),
  );
  const say = options.json ? console.error : console.log;
  say(`Started as ${name}.`);
  const logs = openRunLogs(new CloudWatchLogsClient(target.config), logGroupName, startDate);
  try {
    const end = await follow(sfn, executionArn, logs, { say, signal, quietSeconds });
    if (end === null) return leave(executionArn, options, 130);
    return report(end, logs, options);
  } catch (error) {
    const message = messageForUser(error);
    if (message === null) throw error;
    console.error(wrapText(escapeText(message), 2));
    return leave(executionArn, options, 1);
  }
};

const machineOf = ({ name, stack }: Target): { stateMachineArn: string; logGroupName: string } => {
  const stateMachineArn = stack.stateMachines["reconcile"];
  const logGroupName = stack.logGroups["compare-page"];
  if (stateMachineArn !== undefined && logGroupName !== undefined) return { stateMachineArn, logGroupName };
  throw new UserError(
    `${name} has no state machine reconcile: it is older than this command; deploy it, and try again`,
  );
};

const runOf = ({ since, subscription, customer, dryRun }: ReconcileOptions): object => ({
  // Rows that such a run makes are no drift, which would go off an alarm.
  ...(since && { since: Math.floor(since.getTime() / 1000), backfill: true }),
  ...(subscription !== undefined && { subscription }),
  ...(customer !== undefined && { customer }),
  ...(dryRun && { dryRun }),
});

/** How a reconciliation ended, in its last execution. */
interface End {
  execution: DescribeExecutionOutput;
  /** Null where it failed. */
  summary: Summary | null;
}

interface Follow extends Patience {
  say: (line: string) => void;
}

// Each execution hands over to the next one after many pages.
const follow = async (
  sfn: SFNClient,
  firstArn: string,
  logs: RunLogs,
  { say, signal, quietSeconds }: Follow,
): Promise<End | null> => {
  const progress = showRunProgress(say);
  try {
    for (let executionArn = firstArn; ;) {
      const onRunning = async (): Promise<void> => {
        await logs.read(executionArn);
        progress.show(logs.page());
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
  } finally {
    progress.stop();
  }
};

const report = ({ execution, summary }: End, logs: RunLogs, options: ReconcileOptions): number => {
  const differences = logs.differences();
  const known = summary ?? logs.page()?.summary ?? null;
  if (options.json) console.log(runJson(differences, known));
  else if (differences.length > 0) console.log(differencesText(differences));
  if (known && !options.json) console.log(summaryText(known, options));
  const missing = known ? differing(known) - differences.length : 0;
  if (missing > 0) console.error(wrapText(`The log does not have the lines of ${missing} of them yet.`, 2));
  if (summary) return summary.failed + summary.refused > 0 ? 1 : 0;
  const { status, error, cause } = execution;
  const why = [error, failureMessage(cause)].filter(Boolean).join(": ");
  const letters = `npm run redrive -- --dry-run ${targetText(options)} --type reconcile`;
  console.error(wrapText(escapeText(`The reconciliation ${status}${why ? `, ${why}` : ""}`), 2));
  console.error(`Its dead letter says why and where it stopped:\n  ${wrapCommand(letters, 2)}`);
  return 1;
};

const leave = (executionArn: string, { local }: ReconcileOptions, exitCode: number): number => {
  const region = executionArn.split(":")[3];
  const endpoint = local === undefined ? "" : ` --endpoint-url ${local}`;
  const describe = `aws stepfunctions describe-execution --execution-arn ${executionArn} --region ${region}${endpoint}`;
  console.error(`The reconciliation goes on. To see how it ended:\n  ${wrapCommand(escapeText(describe), 2)}`);
  return exitCode;
};
