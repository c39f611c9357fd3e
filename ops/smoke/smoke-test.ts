import { setTimeout as delay } from "node:timers/promises";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { SQSClient } from "@aws-sdk/client-sqs";
import { DeleteCommand, DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { testSource } from "../../infra/test-source.ts";
import { openRecords } from "../../records/records.ts";
import { deleteLetters } from "../redrive/delete-letters.ts";
import type { ExecutionTrace } from "../trace/execution-trace.ts";
import { type Place, placeOf } from "../command/target.ts";
import type { PlaceOptions } from "../command/target-options.ts";
import { type SmokeEvents, smokeEvents } from "./smoke-events.ts";
import { readTrace } from "../trace/trace-event.ts";
import { Unusable } from "../unusable.ts";

/** What became of one of the events: how it went, or why it is not well. */
interface Fate {
  isWell: boolean;
  text: string;
}

// Lambdas' lines are in the logs within seconds; what takes longer than this is not well.
const longestMilliseconds = 120_000;

/** Puts one event of each handled type on a stack's bus, waits until each is handled, says how it went, deletes what came of it, and returns the exit code. */
export const smokeTest = async (options: PlaceOptions, signal: AbortSignal): Promise<number> => {
  const place = await placeOf(options);
  const { eventSource, rules } = place.stack;
  // A rule that forwards is on a bus of Stripe's.
  if (eventSource !== testSource || Object.keys(rules).some((name) => name.startsWith("forward-rule"))) {
    throw new Unusable(
      `${place.name} has Stripe's events, from ${eventSource}: a smoke test is for stacks whose source is ${testSource}`,
    );
  }
  const startedAt = Date.now();
  const smoke = smokeEvents(startedAt.toString(36), Math.floor(startedAt / 1000));
  const refused = await put(smoke, place);
  let isWell = false;
  try {
    const fates = await fatesOf(smoke, refused, place, signal);
    for (const [index, { type }] of smoke.events.entries()) {
      const fate = fates[index] ?? { isWell: false, text: "no Lambda has said what became of it" };
      console.log(`${fate.isWell ? "well  " : "FAILED"}  ${`${type}`.padEnd(30)}  ${fate.text}`);
    }
    const problem = await rowProblem(smoke, place);
    console.log(problem === null ? "well    the rows are as they should be" : `FAILED  the rows: ${problem}`);
    isWell = problem === null && fates.every((fate) => fate?.isWell);
  } finally {
    await cleanUp(smoke, place, isWell);
  }
  if (signal.aborted) return 130;
  return isWell ? 0 : 1;
};

// Those that EventBridge did not take, by their ids, and why; the call succeeds all the same.
const put = async ({ events }: SmokeEvents, { stack, config }: Place): Promise<Map<string, string>> => {
  const Entries = events.map((event) => ({
    EventBusName: stack.bus.name,
    Source: stack.eventSource,
    DetailType: `${event["type"]}`,
    Detail: JSON.stringify(event),
  }));
  const answer = await new EventBridgeClient(config).send(new PutEventsCommand({ Entries }));
  if (answer.FailedEntryCount === 0) return new Map();
  return new Map(
    (answer.Entries ?? []).flatMap(({ ErrorCode, ErrorMessage }, index) =>
      ErrorCode === undefined ? [] : [[`${events[index]?.id}`, `${ErrorCode}: ${ErrorMessage}`] as const],
    ),
  );
};

const fatesOf = async (
  { events }: SmokeEvents,
  refused: Map<string, string>,
  { stack, config }: Place,
  signal: AbortSignal,
): Promise<(Fate | null)[]> => {
  const args = { logs: new CloudWatchLogsClient(config), stack, since: new Date(Date.now() - 600_000) };
  const fates: (Fate | null)[] = events.map(({ id }) => {
    const reason = refused.get(id);
    return reason === undefined ? null : { isWell: false, text: `EventBridge does not take it: ${reason}` };
  });
  const until = Date.now() + longestMilliseconds;
  for (let wait = 100; ; wait = Math.min(2 * wait, 5000)) {
    const left = events.flatMap(({ id }, index) => (fates[index] ? [] : [{ id, index }]));
    const traces = await Promise.all(left.map(async ({ id, index }) => ({ index, trace: await readTrace(id, args) })));
    for (const { index, trace } of traces) fates[index] = fateOf(trace.executions);
    if (fates.every((fate) => fate !== null) || Date.now() > until || signal.aborted) return fates;
    await delay(wait);
  }
};

const fateOf = (executions: ExecutionTrace[]): Fate | null => {
  const [execution] = executions;
  if (!execution) return null;
  const said = execution.states.findLast(({ outcome }) => outcome !== null);
  const errors = execution.states.flatMap(({ tries }) => tries.flatMap(({ error }) => error ?? []));
  if (said) {
    const again = errors.length > 0 ? ` at try ${errors.length + 1}` : "";
    const isWell = said.outcome === "applied" || said.outcome === "duplicate" || said.outcome === "stale";
    return { isWell, text: [`${said.outcome}${again}`, said.reason, ...said.written].filter(Boolean).join("  ") };
  }
  if (execution.status === null || execution.status === "SUCCEEDED") return null;
  const error = errors.at(-1) ?? execution.error;
  return { isWell: false, text: `${execution.status}  ${error?.name}: ${error?.message}` };
};

const rowProblem = async (
  { userId, invoiceId, paymentIntentId }: SmokeEvents,
  place: Place,
): Promise<string | null> => {
  const records = openRecords({ client: new DynamoDBClient(place.dynamodb), tables: place.stack.tables });
  const subscription = await records.subscription(userId);
  if (subscription?.status !== "canceled")
    return `the subscription of ${userId} is ${subscription?.status ?? "not there"}, and should be canceled`;
  const payments = await records.paymentsOf(invoiceId);
  const [statuses, ids] = [payments.map(({ status }) => status), payments.map(({ payment_id: id }) => id)];
  if (statuses.toSorted().join() !== "failed,succeeded")
    return `${invoiceId} has ${statuses.join(" and ") || "no payment"}, and should have failed and succeeded`;
  return ids.includes(paymentIntentId) ? null : `no payment of ${invoiceId} is named ${paymentIntentId}`;
};

const cleanUp = async (
  { coreKeys, paymentKeys, events }: SmokeEvents,
  place: Place,
  isWell: boolean,
): Promise<void> => {
  const client = DynamoDBDocumentClient.from(new DynamoDBClient(place.dynamodb));
  const { core, payments } = place.stack.tables;
  const rows = [...coreKeys.map((key) => [core, key] as const), ...paymentKeys.map((key) => [payments, key] as const)];
  for (const [TableName, Key] of rows) await client.send(new DeleteCommand({ TableName, Key }));
  // Where all is well there are none, and to look would hide others' letters for a while.
  if (!isWell)
    await deleteLetters(
      new SQSClient(place.config),
      place.stack,
      events.map(({ id }) => id),
    );
};
