import { styleText } from "node:util";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { tableOf } from "../terminal/table.ts";
import { openRecords, type PaymentRecord, type Records, type SubscriptionRecord } from "../../records/records.ts";
import { readEventLogs } from "../trace/event-logs.ts";
import { type Place, placeOf } from "../command/target.ts";
import { placeText } from "../command/target-options.ts";
import type { ShowOptions } from "../show-options.ts";

/** What is on record of a user. */
export interface UserRecords {
  userId: string;
  subscription: SubscriptionRecord | null;
  /** The newest first. */
  payments: PaymentRecord[];
  /** Whether there are older ones. */
  more: boolean;
}

/** Prints what is on record of whom an id names, and returns the exit code: 0, or 1 if that is nothing. */
export const showRecords = async (id: string, options: ShowOptions): Promise<number> => {
  const place = await placeOf(options);
  const records = openRecords({ client: new DynamoDBClient(place.dynamodb), tables: place.stack.tables });
  const userIds = await usersBehind(id, records, place, options.since);
  const all = await Promise.all(userIds.map((userId) => recordsOf(userId, records, options.limit)));
  const users = all.filter(({ subscription, payments }) => subscription !== null || payments.length > 0);
  if (options.json) console.log(JSON.stringify(users, null, 2));
  else if (users.length > 0) console.log(users.map(textOf).join("\n\n"));
  if (users.length > 0) return 0;
  console.error(nothingOf(id, userIds, place, options));
  return 1;
};

const usersBehind = async (id: string, records: Records, { stack, config }: Place, since: Date): Promise<string[]> => {
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
  "currency",
  "stripe_invoice_id",
  "payment_id",
  "failure_reason",
  "attempt_count",
];

const textOf = ({ userId, subscription, payments, more }: UserRecords): string =>
  [
    styleText("bold", `Subscription of ${userId}`),
    subscription ? tableOf([subscription], subscriptionColumns) : "  none is known",
    "",
    styleText("bold", `Payments of ${userId}, the newest first`),
    payments.length > 0 ? tableOf(payments, paymentColumns) : "  none are known",
    ...(more ? ["  … there may be more (--limit)"] : []),
  ].join("\n");

const nothingOf = (id: string, userIds: string[], { name }: Place, options: ShowOptions): string => {
  if (userIds.length > 0) return `There is nothing on record of ${userIds.join(" and ")} in ${name}`;
  if (id.startsWith("evt_")) {
    const trace = `npm run trace -- ${id} ${placeText(options)}`;
    return `No user was found for ${id} since ${options.since.toISOString()} in the logs of ${name}; more: ${trace}`;
  }
  return `No user of ${id} is known in ${name}`;
};
