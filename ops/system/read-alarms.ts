import { CloudWatchClient, type MetricAlarm, paginateDescribeAlarms } from "@aws-sdk/client-cloudwatch";
import type { Target } from "../command/target.ts";

/** An alarm of a stack, and its state. */
export interface Alarm {
  name: string;
  description: string;
  state: "OK" | "ALARM" | "INSUFFICIENT_DATA";
  /** Why it is in this state; null if CloudWatch does not say it. */
  reason: string | null;
  /** Since when, in milliseconds since 1970; null if CloudWatch does not say it. */
  since: number | null;
  /** The names of the alarms that a composite alarm is about; null for an alarm on metrics. */
  of: string[] | null;
}

/** Reads the alarms of a stack, those that are composed of others first. */
export const readAlarms = async ({ stack, config }: Target): Promise<Alarm[]> => {
  // Whatever a stack names begins with its own name and the product's.
  const [AlarmNamePrefix = ""] = /[^:]+?-homebiyori-/.exec(stack.deadLetterQueue.arn) ?? [];
  const client = new CloudWatchClient(config);
  const [composites, alarms]: [Alarm[], Alarm[]] = [[], []];
  try {
    const types = { AlarmTypes: ["CompositeAlarm" as const, "MetricAlarm" as const] };
    for await (const page of paginateDescribeAlarms({ client }, { AlarmNamePrefix, ...types })) {
      for (const one of page.CompositeAlarms ?? []) composites.push(alarmOf(one, namesIn(one.AlarmRule ?? "")));
      for (const one of page.MetricAlarms ?? []) alarms.push(alarmOf(one, null));
    }
  } finally {
    client.destroy();
  }
  return [...composites, ...alarms];
};

type Described = Pick<
  MetricAlarm,
  "AlarmName" | "AlarmDescription" | "StateValue" | "StateReason" | "StateUpdatedTimestamp"
>;

const alarmOf = (described: Described, of: string[] | null): Alarm => ({
  name: described.AlarmName ?? "",
  description: described.AlarmDescription ?? "",
  state: described.StateValue ?? "INSUFFICIENT_DATA",
  reason: described.StateReason ?? null,
  since: described.StateUpdatedTimestamp?.getTime() ?? null,
  of,
});

const namesIn = (rule: string): string[] => [...rule.matchAll(/ALARM\("([^"]+)"\)/g)].map(([, name = ""]) => name);
