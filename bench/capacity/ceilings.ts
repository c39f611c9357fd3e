import type { Figures } from "./figures.ts";
import type { Quotas } from "./quotas.ts";
import type { Route } from "./routes.ts";

/** A quota, and at how many events in a second it is reached. */
export interface Ceiling {
  quota: string;
  perSecond: number;
  /** What an event of the mix takes of it on average. */
  perEvent: number;
  eventsPerSecond: number;
}

/** The types of the events of a renewal that is paid. */
export const renewalTypes: readonly string[] = [
  "customer.subscription.updated",
  "invoice.paid",
  "invoice.payment_succeeded",
  "invoice_payment.paid",
];

/** The quotas by the rate at which a mix of types of events reaches them, the lowest first. */
export const ceilingsOf = (routes: Route[], mix: readonly string[], quotas: Quotas, figures: Figures): Ceiling[] => {
  const taken = mix.flatMap((eventType) => routes.find((route) => route.eventType === eventType) ?? []);
  const average = (of: (route: Route) => number) => taken.reduce((sum, route) => sum + of(route), 0) / taken.length;
  const demands = ({ lambdas }: Route) => lambdas.flatMap((lambda) => figures.demands[lambda] ?? []);
  const tables = [...new Set(taken.flatMap(demands).map(({ table }) => table))].toSorted();
  const busySeconds = (lambda: string) => (figures.warmMilliseconds[lambda] ?? 0) / 1000;
  const ceilings: [string, number, number][] = [
    ["EventBridge: invocations", quotas.invocationsPerSecond, average(({ rules }) => rules)],
    ["Step Functions: StartExecution of Express", quotas.startsPerSecond, average(() => 1)],
    ["Lambda: requests", quotas.lambdaRequestsPerSecond, average(({ lambdas }) => lambdas.length)],
    [
      "Lambda: concurrency, all warm",
      quotas.lambdaConcurrency,
      average(({ lambdas }) => lambdas.reduce((sum, lambda) => sum + busySeconds(lambda), 0)),
    ],
    ...tables.map((table): [string, number, number] => [
      `DynamoDB: ${table}, new, in write units`,
      quotas.newTableWritesPerSecond,
      average((route) =>
        demands(route)
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
