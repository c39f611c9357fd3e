import type { PoolLimits } from "./limits.ts";
import type { TableLimits } from "./table.ts";

/** What AWS allows an account in a region, unless it is asked for more. */
export interface Quotas {
  /** Events that EventBridge sends on to targets in a second; what is more waits. */
  invocationsPerSecond: number;
  /** Executions started: so many at once, and in a second after that. */
  startBucket: number;
  startsPerSecond: number;
  lambda: PoolLimits;
  table: TableLimits;
}

/**
 * The defaults in ap-northeast-1, as documented in November 2026.
 *
 * - https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html: "after the limit is reached, the invocations are
 *   throttled; that is, they still happen but they are delayed"
 * - https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html, `StartExecution` of Express
 * - https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html and …/scaling-behavior.html
 * - https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html: a new table takes 4,000 writes
 *   or 12,000 reads, and any table twice its last peak, half an hour later; 40,000 of either is the quota of a table
 */
export const defaults: Quotas = {
  invocationsPerSecond: 2250,
  startBucket: 6000,
  startsPerSecond: 6000,
  lambda: { concurrency: 1000, requestsPerSecond: 10_000, environmentsPerTenSeconds: 1000 },
  table: { partitions: 4, mostPartitions: 40 },
};
