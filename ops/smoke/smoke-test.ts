import { setTimeout as delay } from "node:timers/promises";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SQSClient } from "@aws-sdk/client-sqs";
import { DeleteCommand, DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { openRecords } from "../../records/records.ts";
import { findTarget, type Target } from "../command/target.ts";
import type { TargetOptions } from "../command/target-options.ts";
import { assertTakesTestEvents, putTestEvents } from "../command/test-events.ts";
import { deleteDeadLetters } from "../redrive/delete-dead-letters.ts";
import { escapeText } from "../terminal/escape.ts";
import { besideOrBelow, wrapText } from "../terminal/fit.ts";
import type { ExecutionTrace } from "../trace/execution-trace.ts";
import { readTrace } from "../trace/read-trace.ts";
import { publishedProblem } from "./published-problem.ts";
import { type SmokeEvents, smokeEvents } from "./smoke-events.ts";

/** The result of one event: its outcome, or why the test of it failed. */
interface SmokeResult {
  hasPassed: boolean;
  text: string;
}

// Log lines can be searched within seconds of being written.
const timeoutMilliseconds = 120_000;

/** Sends one event of each handled type to a stack's bus, waits for each outcome, prints it, deletes the rows and dead letters, and returns the exit code. */
export const smokeTest = async (options: TargetOptions, signal: AbortSignal): Promise<number> => {
  const target = await findTarget(options);
  assertTakesTestEvents(target, "a smoke test");
  const startedAt = Date.now();
  const smoke = smokeEvents(startedAt.toString(36), Math.floor(startedAt / 1000));
  const refused = await putTestEvents(smoke.events, target);
  let hasPassed = false;
  try {
    const results = await awaitResults(smoke, refused, target, signal);
    for (const [index, { type }] of smoke.events.entries()) {
      const result = results[index] ?? {
        hasPassed: false,
        text: `no outcome was logged within ${timeoutMilliseconds / 1000} s`,
      };
      const heading = `${result.hasPassed ? "passed" : "FAILED"}  ${type.padEnd(32)}`;
      console.log(besideOrBelow(heading, escapeText(result.text), "  ", 8));
    }
    const problem = await rowProblem(smoke, target);
    const rows = problem === null ? "passed  the rows are as expected" : `FAILED  the rows: ${escapeText(problem)}`;
    console.log(wrapText(rows, 8));
    const unpublished = await publishedProblem(smoke, target, signal);
    const told = unpublished === null ? "passed  their changes are published" : `FAILED  publishing: ${unpublished}`;
    console.log(wrapText(told, 8));
    hasPassed = problem === null && unpublished === null && results.every((result) => result?.hasPassed);
  } finally {
    await cleanUp(smoke, target, hasPassed);
  }
  if (signal.aborted) return 130;
  return hasPassed ? 0 : 1;
};

const awaitResults = async (
  { events }: SmokeEvents,
  refused: Map<string, string>,
  { stack, config }: Target,
  signal: AbortSignal,
): Promise<(SmokeResult | null)[]> => {
  const args = { logs: new CloudWatchLogsClient(config), stack, since: new Date(Date.now() - 600_000) };
  const results: (SmokeResult | null)[] = events.map(({ id }) => {
    const reason = refused.get(id);
    return reason === undefined ? null : { hasPassed: false, text: `EventBridge refused it: ${reason}` };
  });
  const until = Date.now() + timeoutMilliseconds;
  for (let wait = 100; ; wait = Math.min(2 * wait, 5000)) {
    const left = events.flatMap(({ id }, index) => (results[index] ? [] : [{ id, index }]));
    const traces = await Promise.all(left.map(async ({ id, index }) => ({ index, trace: await readTrace(id, args) })));
    for (const { index, trace } of traces) results[index] = resultOf(trace.executions);
    if (results.every((result) => result !== null) || Date.now() > until || signal.aborted) return results;
    await delay(wait);
  }
};

const resultOf = (executions: ExecutionTrace[]): SmokeResult | null => {
  const [execution] = executions;
  if (!execution) return null;
  const state = execution.states.findLast(({ outcome }) => outcome !== null);
  const errors = execution.states.flatMap(({ attempts }) => attempts.flatMap(({ error }) => error ?? []));
  if (state) {
    const again = errors.length > 0 ? ` at attempt ${errors.length + 1}` : "";
    const hasPassed = state.outcome === "applied" || state.outcome === "duplicate" || state.outcome === "stale";
    return { hasPassed, text: [`${state.outcome}${again}`, state.reason, ...state.written].filter(Boolean).join("  ") };
  }
  if (execution.status === null || execution.status === "SUCCEEDED") return null;
  const error = errors.at(-1) ?? execution.error;
  return { hasPassed: false, text: `${execution.status}  ${error?.name}: ${error?.message}` };
};

const rowProblem = async (
  { userId, invoiceId, paymentIntentId }: SmokeEvents,
  target: Target,
): Promise<string | null> => {
  const records = openRecords({ client: new DynamoDBClient(target.dynamodb), tables: target.stack.tables });
  const subscription = await records.subscription(userId);
  if (subscription?.status !== "canceled")
    return `the subscription of ${userId} is ${subscription?.status ?? "not there"}, and should be canceled`;
  const payments = await records.paymentsOf(invoiceId);
  const [statuses, ids] = [payments.map(({ status }) => status), payments.map(({ payment_id: id }) => id)];
  if (statuses.toSorted().join() !== "failed,partially_refunded")
    return `${invoiceId} has ${statuses.join(" and ") || "no payment"}, and should have failed and partially_refunded`;
  const dispute = payments.find(({ status }) => status !== "failed")?.dispute;
  if (dispute?.status !== "won")
    return `the dispute about ${paymentIntentId} is ${dispute?.status ?? "not there"}, and should be won`;
  return ids.includes(paymentIntentId) ? null : `no payment of ${invoiceId} is named ${paymentIntentId}`;
};

const cleanUp = async (
  { coreKeys, paymentKeys, events }: SmokeEvents,
  target: Target,
  hasPassed: boolean,
): Promise<void> => {
  const client = DynamoDBDocumentClient.from(new DynamoDBClient(target.dynamodb));
  const { core, payments } = target.stack.tables;
  const rows = [...coreKeys.map((key) => [core, key] as const), ...paymentKeys.map((key) => [payments, key] as const)];
  for (const [TableName, Key] of rows) await client.send(new DeleteCommand({ TableName, Key }));
  // After a success there are none, and receiving would hide other dead letters for a while.
  if (!hasPassed)
    await deleteDeadLetters(
      new SQSClient(target.config),
      target.stack,
      events.map(({ id }) => id),
    );
};
