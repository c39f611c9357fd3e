/** What AWS allows an account in a region, unless it is asked for more. */
export interface Quotas {
  /** Events that EventBridge sends on to targets in a second; what is more waits. */
  invocationsPerSecond: number;
  /** Calls of PutEvents in a second; what is more is refused. */
  putEventsPerSecond: number;
  /** Executions of Express state machines started in a second. */
  startsPerSecond: number;
  /** Lambdas that run at once, in all. */
  lambdaConcurrency: number;
  lambdaRequestsPerSecond: number;
  /** Write units of a new table or index; reads take a third. */
  newTableWritesPerSecond: number;
}

/**
 * The defaults in ap-northeast-1, as documented in November 2026.
 *
 * - https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html: "after the limit is reached, the invocations are
 *   throttled; that is, they still happen but they are delayed"; of PutEvents "additional requests are throttled"
 * - https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html, `StartExecution` of Express
 * - https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 * - https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html: a new table takes 4,000 writes
 *   or 12,000 reads in a second
 */
export const defaults: Quotas = {
  invocationsPerSecond: 2250,
  putEventsPerSecond: 1200,
  startsPerSecond: 6000,
  lambdaConcurrency: 1000,
  lambdaRequestsPerSecond: 10_000,
  newTableWritesPerSecond: 4000,
};
