import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { type AmountName, type MetricName, namespace } from "../../lambdas/runtime/metric.ts";
import type { Account } from "../account.ts";
import type { Queue } from "../storage/queue.ts";
import { flow } from "./flow-widgets.ts";
import type { Function } from "../processing/function.ts";
import { askedIds, logs } from "./log-widgets.ts";
import {
  billingMetric,
  eventsPut,
  functionMetric,
  machineMetric,
  queueMetric,
  startsThrottled,
  tableMetric,
} from "./metrics.ts";
import { physicalName } from "../names.ts";
import type { StateMachine } from "../processing/state-machine.ts";
import { reporting, type TicketAlarmArgs } from "./ticket-alarms.ts";
import type { Tables } from "../storage/tables.ts";
import { alarmsOn, type Expression, graph, type Line, placed, sum, text, type Widget } from "./widgets.ts";

interface Args {
  rules: Record<string, aws.cloudwatch.EventRule>;
  machines: Record<string, StateMachine>;
  functions: Record<string, Function> & TicketAlarmArgs["functions"] & Record<"mark-published", Function>;
  tables: Tables;
  deadLetters: Queue;
  parked: Queue;
  /** The ARNs of the alarms. */
  alarms: pulumi.Input<string>[];
  account: Account;
}

/** The dashboard: which alarms are on, each type of event on its way, how long things take, payments, queues, and the logs. */
export class Dashboard extends pulumi.ComponentResource {
  constructor(name: string, args: Args, opts?: pulumi.ComponentResourceOptions) {
    super("homebiyori:billing:Dashboard", name, {}, opts);

    const widgets = placed([
      [text("# Homebiyori's record of Stripe\nAn alarm is on? docs/alarms.md. Letters wait? docs/dead-letters.md.")],
      alarmsOn(args.alarms),
      ...flow(args),
      ...latencies(args),
      ...records(args),
      ...reversals(args),
      publication(args),
      ...logs(args),
    ]);
    new aws.cloudwatch.Dashboard(
      name,
      {
        dashboardName: physicalName("billing", 255),
        dashboardBody: pulumi.jsonStringify({
          start: "-P1D",
          variables: askedIds,
          widgets,
        }),
      },
      { parent: this },
    );

    this.registerOutputs({});
  }
}

const latencies = ({ machines, functions, tables, account: { region } }: Args): Widget[][] => {
  const both = (metric: Line["metric"], name: string): Line[] =>
    (["p50", "p99"] as const).map((stat) => ({ metric, stat, label: `${name} ${stat}` }));
  const accesses = Object.values(functions).flatMap((lambda) => lambda.tables);
  const used = (["core", "payments"] as const).flatMap((name) => {
    const table = tables[name];
    const operations = accesses.flatMap((access) => (access.table === table ? access.operations : []));
    return [...new Set(operations)].map((operation) => ({ table, name, operation }));
  });
  return [
    [
      graph(
        "Executions, ms",
        region,
        Object.entries(machines).flatMap(([name, machine]) => both(machineMetric(machine, "ExecutionTime"), name)),
      ),
      graph(
        "Lambdas, ms",
        region,
        Object.entries(functions).flatMap(([name, lambda]) => both(functionMetric(lambda, "Duration"), name)),
      ),
    ],
    [
      graph(
        "DynamoDB, ms",
        region,
        used.flatMap(({ table, name, operation }) =>
          both(tableMetric(table, "SuccessfulRequestLatency", operation), `${name} ${operation}`),
        ),
      ),
      graph("Throttled", region, [
        ...used.map(({ table, name, operation }) =>
          sum(tableMetric(table, "ThrottledRequests", operation), `${name} ${operation}`),
        ),
        ...Object.entries(functions).map(([name, lambda]) => sum(functionMetric(lambda, "Throttles"), name)),
        sum(startsThrottled, "starts of executions, in the whole account"),
      ]),
    ],
  ];
};

const records = ({ functions, deadLetters, parked, account: { region } }: Args): Widget[][] => {
  const queues = [
    [deadLetters, "dead-letter queue"],
    [parked, "parked"],
  ] as const;
  const shown = (metricName: string): Line[] =>
    queues.map(([queue, label]) => ({ metric: queueMetric(queue, metricName), stat: "Maximum", label }));
  return [
    [
      graph(
        "Payments by outcome, an hour",
        region,
        [
          sum(billingMetric(functions["write-payment"], "PaymentSucceeded"), "succeeded"),
          sum(billingMetric(functions["write-payment"], "PaymentFailed"), "failed"),
        ],
        3600,
      ),
      graph("Events that find another one missing", region, [
        sum(billingMetric(functions["sync-subscription"], "SubscriptionGap"), "gaps"),
      ]),
    ],
    [
      graph(
        "Rows that differed from Stripe's, a day",
        region,
        [sum(billingMetric(functions["compare-page"], "Drift"), "healed")],
        24 * 3600,
      ),
      graph(
        "Comparisons with Stripe that came to their end, a day",
        region,
        [sum(billingMetric(functions["compare-page"], "Reconciled"), "comparisons")],
        24 * 3600,
      ),
    ],
    [
      graph("Letters that wait", region, shown("ApproximateNumberOfMessagesVisible")),
      graph("Age of the oldest, s", region, shown("ApproximateAgeOfOldestMessage")),
    ],
  ];
};

// Refunds and disputes: how many, and how much of each currency.
const reversals = ({ functions, account: { region } }: Args): Widget[][] => {
  const counted = (metricName: MetricName): Line[] =>
    reporting.map((name) => sum(billingMetric(functions[name], metricName), name));
  const shown = (title: string, count: MetricName, amount: AmountName): Widget[] => [
    graph(`${title}, a day`, region, counted(count), 24 * 3600),
    graph(
      `${title} by currency, in its minor unit, a day`,
      region,
      reporting.map((name) => amounts(functions[name], amount, name)),
      24 * 3600,
    ),
  ];
  return [shown("Refunds", "Refunded", "RefundedAmount"), shown("Disputes", "Disputed", "DisputedAmount")];
};

// What other services are told of. A change is published by the execution that made it, or at night.
const publication = ({ functions, account: { region } }: Args): Widget[] => [
  graph("Events put on buses, in the whole account", region, [
    sum(eventsPut("PutEventsEntriesCount"), "put, or failed"),
    sum(eventsPut("PutEventsFailedEntriesCount"), "failed"),
  ]),
  graph("Times that changes were marked as published", region, [
    sum(functionMetric(functions["mark-published"], "Invocations"), "calls of mark-published"),
    sum(functionMetric(functions["mark-published"], "Errors"), "failed"),
  ]),
];

// Which currencies there are no one knows before: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/search-expression-syntax.html
const amounts = ({ name }: Function, metricName: AmountName, label: string): Expression => ({
  expression: pulumi.interpolate`SEARCH('{"${namespace}",FunctionName,Currency} MetricName="${metricName}" FunctionName="${name}"', 'Sum')`,
  label,
});
