import { CloudWatchClient, type MetricDataQuery, paginateGetMetricData } from "@aws-sdk/client-cloudwatch";
import type { Target } from "../command/target.ts";

/** What a rule did in a window of time. */
export interface RuleFigures {
  /** How often it matched an event. */
  matched: number;
  /** How often its target could not be started. */
  failed: number;
  /** How many events went to the dead-letter queue instead. */
  deadLettered: number;
}

/** What became of a state machine's executions that started in a window of time. */
export interface MachineFigures {
  started: number;
  failed: number;
  timedOut: number;
}

/** What a Lambda did in a window of time. */
export interface LambdaFigures {
  invocations: number;
  errors: number;
}

/** What the parts of a stack did in a window of time, by their names. */
export interface Figures {
  rules: Record<string, RuleFigures>;
  machines: Record<string, MachineFigures>;
  lambdas: Record<string, LambdaFigures>;
}

// One for up to 63 days back: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
const periodSeconds = 300;

const maxQueries = 500;

/** Reads from CloudWatch what the parts of a stack did since then, rounded down to five minutes; its last minutes may be missing still. */
export const readFigures = async ({ stack, config }: Target, since: Date): Promise<Figures> => {
  const cloudwatch = new CloudWatchClient(config);
  const wanted: Wanted[] = [];
  // Reads a count once all that are wanted are known.
  const count = (Namespace: string, MetricName: string, dimensions: Record<string, string>): (() => number) => {
    const Dimensions = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
    const MetricStat = { Metric: { Namespace, MetricName, Dimensions }, Period: periodSeconds, Stat: "Sum" };
    const one: Wanted = { query: { Id: `m${wanted.length}`, MetricStat }, sum: 0 };
    wanted.push(one);
    return () => one.sum;
  };
  const rules = mapValues(stack.rules, (arn) => ruleCounts(arn, count));
  const machines = mapValues(stack.stateMachines, (arn) => machineCounts(arn, count));
  const lambdas = mapValues(lambdaGroups(stack), (group) => lambdaCounts(group, count));
  try {
    await readSums(cloudwatch, wanted, since);
  } finally {
    cloudwatch.destroy();
  }
  return {
    rules: mapValues(rules, (read) => read()),
    machines: mapValues(machines, (read) => read()),
    lambdas: mapValues(lambdas, (read) => read()),
  };
};

interface Wanted {
  query: MetricDataQuery & { Id: string };
  sum: number;
}

type Count = (namespace: string, metricName: string, dimensions: Record<string, string>) => () => number;

// arn:aws:events:<region>:<account>:rule/<bus>/<rule>, where a partner's bus has slashes in its name
const ruleCounts = (arn: string, count: Count): (() => RuleFigures) => {
  const [, EventBusName = "", RuleName = ""] = /:rule\/(.+)\/([^/]+)$/.exec(arn) ?? [];
  const metric = (name: string) => count("AWS/Events", name, { EventBusName, RuleName });
  const [matched, failed] = [metric("TriggeredRules"), metric("FailedInvocations")];
  const deadLettered = metric("InvocationsSentToDlq");
  return () => ({ matched: matched(), failed: failed(), deadLettered: deadLettered() });
};

const machineCounts = (StateMachineArn: string, count: Count): (() => MachineFigures) => {
  const metric = (name: string) => count("AWS/States", name, { StateMachineArn });
  const [started, failed] = [metric("ExecutionsStarted"), metric("ExecutionsFailed")];
  const timedOut = metric("ExecutionsTimedOut");
  return () => ({ started: started(), failed: failed(), timedOut: timedOut() });
};

// A Lambda's log group is named after it.
const lambdaCounts = (logGroup: string, count: Count): (() => LambdaFigures) => {
  const metric = (name: string) => count("AWS/Lambda", name, { FunctionName: logGroup.replace("/aws/lambda/", "") });
  const [invocations, errors] = [metric("Invocations"), metric("Errors")];
  return () => ({ invocations: invocations(), errors: errors() });
};

const lambdaGroups = ({ logGroups, stateMachines }: Target["stack"]): Record<string, string> =>
  Object.fromEntries(Object.entries(logGroups).filter(([name]) => !(name in stateMachines)));

const readSums = async (client: CloudWatchClient, wanted: Wanted[], since: Date): Promise<void> => {
  const StartTime = new Date(floor(since.getTime()));
  // The clock of a local runner may be ahead; nothing is later in AWS.
  const EndTime = new Date(floor(Date.now() + aheadMilliseconds));
  const byId = new Map(wanted.map((one) => [one.query.Id, one]));
  for (let from = 0; from < wanted.length; from += maxQueries) {
    const MetricDataQueries = wanted.slice(from, from + maxQueries).map(({ query }) => query);
    for await (const page of paginateGetMetricData({ client }, { MetricDataQueries, StartTime, EndTime })) {
      for (const { Id = "", Values = [] } of page.MetricDataResults ?? []) {
        const one = byId.get(Id);
        if (one) one.sum += Values.reduce((sum, value) => sum + value, 0);
      }
    }
  }
};

const aheadMilliseconds = 24 * 60 * 60_000;

const floor = (milliseconds: number): number => milliseconds - (milliseconds % (periodSeconds * 1000));

const mapValues = <T, R>(record: Record<string, T>, map: (value: T) => R): Record<string, R> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
