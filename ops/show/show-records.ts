import { styleText } from "node:util";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { tablesOf } from "../terminal/table.ts";
import { openRecords, type PaymentRecord, type Records, type SubscriptionRecord } from "../../records/records.ts";
import { readEventLogs } from "../trace/event-logs.ts";
import { findTarget, type Target } from "../command/target.ts";
import { type TargetOptions, targetText } from "../command/target-options.ts";
import { escapeLines, escapeText } from "../terminal/escape.ts";
import { wrapText } from "../terminal/fit.ts";
import { formatTime } from "../terminal/format-time.ts";

/** What `npm run show` was asked to do. */
export interface ShowOptions extends TargetOptions {
  /** The number of payments; a few more where the last one's invoice has more. */
  limit: number;
  /** Since when the logs are searched for an event. */
  since: Date;
  json?: boolean;
}

/** The records of a user. */
export interface UserRecords {
  userId: string;
  subscription: SubscriptionRecord | null;
  /** The newest first. */
  payments: PaymentRecord[];
  /** Whether there are older payments. */
  more: boolean;
}

/** Prints the records of the users that an id names, and returns the exit code: 0, or 1 if nothing is recorded. */
export const showRecords = async (id: string, options: ShowOptions): Promise<number> => {
  const target = await findTarget(options);
  const records = openRecords({ client: new DynamoDBClient(target.dynamodb), tables: target.stack.tables });
  const userIds = await findUsers(id, records, target, options.since);
  const all = await Promise.all(userIds.map((userId) => recordsOf(userId, records, options.limit)));
  const users = all.filter(({ subscription, payments }) => subscription !== null || payments.length > 0);
  if (options.json) console.log(escapeLines(JSON.stringify(users, null, 2)));
  else if (users.length > 0) console.log(users.map(textOf).join("\n\n"));
  if (users.length > 0) return 0;
  console.error(wrapText(escapeText(nothingFound(id, userIds, target, options)), 2));
  return 1;
};

const findUsers = async (id: string, records: Records, { stack, config }: Target, since: Date): Promise<string[]> => {
  if (id.startsWith("cus_")) return records.usersOf(id);
  if (id.startsWith("in_")) return distinct((await records.paymentsOf(id)).map(({ user_id: userId }) => userId));
  if (!id.startsWith("evt_")) return [id];
  const executions = await readEventLogs(id, { logs: new CloudWatchLogsClient(config), stack, since });
  return distinct(executions.flatMap(({ lines }) => lines.flatMap(({ userId }) => userId ?? [])));
};

const distinct = (ids: string[]): string[] => [...new Set(ids)];

const recordsOf = async (userId: string, records: Records, limit: number): Promise<UserRecords> => {
  const [subscription, { payments, cursor }] = await Promise.all([
    records.subscription(userId),
    records.payments(userId, { limit }),
  ]);
  return { userId, subscription, payments, more: cursor !== null };
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

const textOf = ({ userId, subscription, payments, more }: UserRecords): string =>
  [
    wrapText(styleText("bold", `Subscription of ${escapeText(userId)}`), 2),
    subscription ? tablesOf([subscription], subscriptionColumns) : "  none is recorded",
    "",
    wrapText(styleText("bold", `Payments of ${escapeText(userId)}, the newest first`), 2),
    payments.length > 0 ? tablesOf(payments, paymentColumns) : "  none are recorded",
    ...(more ? ["  … there may be more (--limit)"] : []),
    ...reversalsText(payments),
  ].join("\n");

const reversalsText = (payments: PaymentRecord[]): string[] => {
  const reversals = payments.flatMap(({ payment_id: paidBy, refunds, dispute }) => [
    ...(dispute ? [{ ...dispute, kind: "dispute", payment_id: paidBy, id: dispute.dispute_id }] : []),
    ...refunds.map((refund) => ({
      ...refund,
      kind: "refund",
      payment_id: paidBy,
      reason: refund.failure_reason ?? refund.reason,
      id: refund.refund_id,
    })),
  ]);
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
