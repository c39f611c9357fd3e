import type { PaymentRecord, Records, SubscriptionRecord } from "../../records/records.ts";
import { type EventLogsArgs, readEventLogs } from "../trace/event-logs.ts";

/** The records of a user. */
export interface UserRecords {
  userId: string;
  subscription: SubscriptionRecord | null;
  /** The newest first. */
  payments: PaymentRecord[];
  /** Whether there are older payments. */
  more: boolean;
}

/** Where the users of an id are found: in the records, and in the logs for an event's id. */
export interface FindUsersArgs extends EventLogsArgs {
  records: Records;
}

/** The users that an id names: a customer `cus_…`, an invoice `in_…` or an event `evt_…`; any other is a user's. */
export const findUsers = async (id: string, { records, ...logs }: FindUsersArgs): Promise<string[]> => {
  if (id.startsWith("cus_")) return records.usersOf(id);
  if (id.startsWith("in_")) return distinct((await records.paymentsOf(id)).map(({ user_id: userId }) => userId));
  if (!id.startsWith("evt_")) return [id];
  const executions = await readEventLogs(id, logs);
  return distinct(executions.flatMap(({ lines }) => lines.flatMap(({ userId }) => userId ?? [])));
};

const distinct = (ids: string[]): string[] => [...new Set(ids)];

/** Reads the records of users, with so many payments of each; leaves out those of whom nothing is recorded. */
export const readUsers = async (userIds: string[], records: Records, limit: number): Promise<UserRecords[]> => {
  const all = await Promise.all(userIds.map((userId) => recordsOf(userId, records, limit)));
  return all.filter(({ subscription, payments }) => subscription !== null || payments.length > 0);
};

const recordsOf = async (userId: string, records: Records, limit: number): Promise<UserRecords> => {
  const [subscription, { payments, cursor }] = await Promise.all([
    records.subscription(userId),
    records.payments(userId, { limit }),
  ]);
  return { userId, subscription, payments, more: cursor !== null };
};

/** A refund or a dispute of a payment; the amount in the currency's minor unit, times in unix seconds. */
export interface Reversal {
  kind: "refund" | "dispute";
  id: string;
  payment_id: string;
  subscription_id: string | null;
  status: string;
  amount: number;
  currency: string;
  /** Why it was made; of a refund that failed why that was. */
  reason: string | null;
  /** Of a dispute: until when it can be answered. */
  due_by?: number | null;
  created_at: number;
}

/** The refunds and disputes of payments: of each payment its dispute first. */
export const reversalsOf = (payments: PaymentRecord[]): Reversal[] =>
  payments.flatMap(({ payment_id, subscription_id, refunds, dispute }) => [
    ...(dispute ? [{ ...dispute, kind: "dispute" as const, payment_id, subscription_id, id: dispute.dispute_id }] : []),
    ...refunds.map((refund) => ({
      ...refund,
      kind: "refund" as const,
      payment_id,
      subscription_id,
      reason: refund.failure_reason ?? refund.reason,
      id: refund.refund_id,
    })),
  ]);
