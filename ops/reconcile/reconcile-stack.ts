import { messageForUser } from "../command/errors.ts";
import { findTarget } from "../command/target.ts";
import { type TargetOptions, targetText } from "../command/target-options.ts";
import { escapeText } from "../terminal/escape.ts";
import { wrapCommand, wrapText } from "../terminal/fit.ts";
import { showRunProgress } from "./run-progress.ts";
import type { RunLogs } from "./run-logs.ts";
import { differing } from "./run-output.ts";
import { differencesText, failureText, runJson, summaryText } from "./run-text.ts";
import { type Run, type RunEnd, type RunOptions, startRun } from "./start-run.ts";

/** What `npm run reconcile` was asked to do. */
export interface ReconcileOptions extends TargetOptions, RunOptions {
  json?: boolean;
}

/** Starts a stack's reconciliation, follows it to its end, and prints what differs; returns the exit code. */
export const reconcileStack = async (
  options: ReconcileOptions,
  signal: AbortSignal,
  quietSeconds = 20,
): Promise<number> => {
  const run = await startRun(await findTarget(options), options);
  const say = options.json ? console.error : console.log;
  say(`Started as ${run.name}.`);
  try {
    const end = await follow(run, say, { signal, quietSeconds });
    if (end === null) return leave(run.executionArn, options, 130);
    return report(end, run.logs, options);
  } catch (error) {
    const message = messageForUser(error);
    if (message === null) throw error;
    console.error(wrapText(escapeText(message), 2));
    return leave(run.executionArn, options, 1);
  }
};

const follow = async (
  run: Run,
  say: (line: string) => void,
  patience: Parameters<Run["follow"]>[0],
): Promise<RunEnd | null> => {
  const progress = showRunProgress(say);
  try {
    return await run.follow({ ...patience, onPage: progress.show });
  } finally {
    progress.stop();
  }
};

const report = (end: RunEnd, logs: RunLogs, options: ReconcileOptions): number => {
  const { summary } = end;
  const differences = logs.differences();
  const known = summary ?? logs.page()?.summary ?? null;
  if (options.json) console.log(runJson(differences, known));
  else if (differences.length > 0) console.log(differencesText(differences));
  if (known && !options.json) console.log(summaryText(known, options));
  const missing = known ? differing(known) - differences.length : 0;
  if (missing > 0) console.error(wrapText(`The log does not have the lines of ${missing} of them yet.`, 2));
  if (summary) return summary.failed + summary.refused > 0 ? 1 : 0;
  const letters = `npm run redrive -- --dry-run ${targetText(options)} --type reconcile`;
  console.error(wrapText(escapeText(failureText(end)), 2));
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
