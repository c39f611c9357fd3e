import type { Figures } from "./figures.ts";
import type { Quotas } from "./quotas.ts";
import type { Way } from "./ways.ts";

/** A quota, and at how many events in a second it is reached. */
export interface Ceiling {
  quota: string;
  perSecond: number;
  /** What an event of the mix takes of it on average. */
  perEvent: number;
  eventsPerSecond: number;
}

const writesPerPartition = 1000;

/** The quotas by the rate at which a mix of types of events reaches them, the lowest first. */
export const ceilingsOf = (ways: Way[], mix: readonly string[], quotas: Quotas, figures: Figures): Ceiling[] => {
  const taken = mix.flatMap((eventType) => ways.find((way) => way.eventType === eventType) ?? []);
  const average = (of: (way: Way) => number) => taken.reduce((sum, way) => sum + of(way), 0) / taken.length;
  const demands = ({ steps }: Way) => steps.flatMap(({ lambda }) => figures.demands[lambda] ?? []);
  const tables = [...new Set(taken.flatMap(demands).map(({ table }) => table))].toSorted();
  const busy = ({ lambda }: Way["steps"][number]) => (figures.warmMilliseconds[lambda] ?? 0) / 1000;
  const ceilings: [string, number, number][] = [
    ["EventBridge: invocations", quotas.invocationsPerSecond, average(({ rules }) => rules)],
    ["Step Functions: StartExecution of Express", quotas.startsPerSecond, average(() => 1)],
    ["Lambda: requests", quotas.lambda.requestsPerSecond, average(({ steps }) => steps.length)],
    [
      "Lambda: concurrency, all warm",
      quotas.lambda.concurrency,
      average(({ steps }) => steps.reduce((sum, step) => sum + busy(step), 0)),
    ],
    ...tables.map((table): [string, number, number] => [
      `DynamoDB: ${table}, new, in write units`,
      quotas.table.partitions * writesPerPartition,
      average((way) =>
        demands(way)
          .filter((demand) => demand.table === table)
          .reduce((sum, { kind, units }) => sum + (kind === "write" ? units : units / 3), 0),
      ),
    ]),
  ];
  return ceilings
    .map(([quota, perSecond, perEvent]) => ({
      quota,
      perSecond,
      perEvent,
      eventsPerSecond: Math.floor(perSecond / perEvent),
    }))
    .toSorted((a, b) => a.eventsPerSecond - b.eventsPerSecond);
};
