import { styleText } from "node:util";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { tablesOf } from "../terminal/table.ts";
import { openRecords, type PaymentRecord, type SubscriptionRecord } from "../../records/records.ts";
import { findTarget, type Target } from "../command/target.ts";
import { type TargetOptions, targetText } from "../command/target-options.ts";
import { escapeLines, escapeText } from "../terminal/escape.ts";
import { wrapText } from "../terminal/fit.ts";
import { formatTime } from "../terminal/format-time.ts";
import { findUsers, readUsers, reversalsOf, type UserRecords } from "./read-users.ts";

/** What `npm run show` was asked to do. */
export interface ShowOptions extends TargetOptions {
  /** The number of payments; a few more where the last one's invoice has more. */
  limit: number;
  /** Since when the logs are searched for an event. */
  since: Date;
  json?: boolean;
}

/** Prints the records of the users that an id names, and returns the exit code: 0, or 1 if nothing is recorded. */
export const showRecords = async (id: string, options: ShowOptions): Promise<number> => {
  const target = await findTarget(options);
  const records = openRecords({ client: new DynamoDBClient(target.dynamodb), tables: target.stack.tables });
  const logs = new CloudWatchLogsClient(target.config);
  const userIds = await findUsers(id, { records, logs, stack: target.stack, since: options.since });
  const users = await readUsers(userIds, records, options.limit);
  if (options.json) console.log(escapeLines(JSON.stringify(users, null, 2)));
  else if (users.length > 0) console.log(users.map(textOf).join("\n\n"));
  if (users.length > 0) return 0;
  console.error(wrapText(escapeText(nothingFound(id, userIds, target, options)), 2));
  return 1;
};

const subscriptionColumns = [
  "subscription_id",
  "customer_id",
  "status",
  "plan",
  "current_period_end",
  "cancel_at",
  "ended_at",
  "order",
  "gap_since",
  "updated_at",
];

const paymentColumns = [
  "created_at",
  "status",
  "amount",
  "refunded_amount",
  "net_amount",
  "currency",
  "stripe_invoice_id",
  "payment_id",
  "failure_reason",
  "attempt_count",
];

const reversalColumns = ["created_at", "kind", "status", "amount", "currency", "reason", "due_by", "payment_id", "id"];

// Most subscriptions are not paused.
const pauseColumns = ["pause_collection", "pause_resumes_at"];

const textOf = ({ userId, subscription, payments, more }: UserRecords): string =>
  [
    wrapText(styleText("bold", `Subscription of ${escapeText(userId)}`), 2),
    subscription ? tablesOf([subscription], columnsOf(subscription)) : "  none is recorded",
    "",
    wrapText(styleText("bold", `Payments of ${escapeText(userId)}, the newest first`), 2),
    payments.length > 0 ? tablesOf(payments, paymentColumns) : "  none are recorded",
    ...(more ? ["  … there may be more (--limit)"] : []),
    ...reversalsText(payments),
  ].join("\n");

const columnsOf = ({ pause_collection: pause }: SubscriptionRecord): string[] => [
  ...subscriptionColumns,
  ...(typeof pause === "string" ? pauseColumns : []),
];

const reversalsText = (payments: PaymentRecord[]): string[] => {
  const reversals = reversalsOf(payments);
  if (reversals.length === 0) return [];
  return ["", styleText("bold", "Refunds and disputes of these payments"), tablesOf(reversals, reversalColumns)];
};

const nothingFound = (id: string, userIds: string[], { name }: Target, options: ShowOptions): string => {
  if (userIds.length > 0) return `Nothing is recorded of ${userIds.join(" and ")} in ${name}`;
  if (id.startsWith("evt_")) {
    const trace = `npm run trace -- ${id} ${targetText(options)}`;
    return `The logs of ${name} name no user of ${id} since ${formatTime(options.since)}; more: ${trace}`;
  }
  return `No user of ${id} is recorded in ${name}`;
};
