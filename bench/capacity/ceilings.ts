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

/** An event of a mix. */
export interface MixedEvent {
  eventType: string;
  /** Whether it changes something, which is published. */
  isChange: boolean;
}

/** The events of a renewal that is paid: that it was paid comes twice, and what paid it is no change that other services are told. */
export const renewal: readonly MixedEvent[] = [
  { eventType: "customer.subscription.updated", isChange: true },
  { eventType: "invoice.paid", isChange: true },
  { eventType: "invoice.payment_succeeded", isChange: false },
  { eventType: "invoice_payment.paid", isChange: false },
];

/** The quotas by the rate at which a mix of types of events reaches them, the lowest first. */
export const ceilingsOf = (
  routes: Route[],
  mix: readonly MixedEvent[],
  quotas: Quotas,
  figures: Figures,
): Ceiling[] => {
  const taken = mix.flatMap(({ eventType, isChange }) => {
    const route = routes.find((one) => one.eventType === eventType);
    return route ? [isChange ? route : { ...route, publishing: [] }] : [];
  });
  const average = (of: (route: Route) => number) => taken.reduce((sum, route) => sum + of(route), 0) / taken.length;
  const called = ({ lambdas, publishing }: Route) => [...lambdas, ...publishing];
  const demands = ({ lambdas, publishing }: Route) =>
    lambdas.flatMap((lambda) => [
      ...(figures.demands[lambda] ?? []),
      ...(publishing.length > 0 ? (figures.marks[lambda] ?? []) : []),
    ]);
  const tables = [...new Set(taken.flatMap(demands).map(({ table }) => table))].toSorted();
  const busySeconds = (lambda: string) => (figures.warmMilliseconds[lambda] ?? 0) / 1000;
  const ceilings: [string, number, number][] = [
    ["EventBridge: invocations", quotas.invocationsPerSecond, average(({ rules }) => rules)],
    ["EventBridge: PutEvents", quotas.putEventsPerSecond, average(({ publishing }) => Math.sign(publishing.length))],
    ["Step Functions: StartExecution of Express", quotas.startsPerSecond, average(() => 1)],
    ["Lambda: requests", quotas.lambdaRequestsPerSecond, average((route) => called(route).length)],
    [
      "Lambda: concurrency, all warm",
      quotas.lambdaConcurrency,
      average((route) => called(route).reduce((sum, lambda) => sum + busySeconds(lambda), 0)),
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
