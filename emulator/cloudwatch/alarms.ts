import { array, object, string } from "superstruct";
import { type MetricAlarm, readAlarm, type Verdict } from "./alarm.ts";
import { checked } from "../graph/checked.ts";
import { type Graph, ofType, type Resource } from "../graph/load.ts";
import type { Metrics } from "./metrics.ts";

/** An alarm that went off, or is over. */
export interface AlarmChange {
  name: string;
  state: Verdict;
  reason: string;
  /** Minutes since 1970. */
  minute: number;
}

/** The state of an alarm, by CloudWatch's name; the last until it was judged once. */
export type AlarmState = Verdict | "INSUFFICIENT_DATA";

/** The alarms of a graph, each in its state. */
export interface Alarms {
  /** How far back the one looks that looks furthest. */
  minutes: number;
  /** Judges all as they are at the beginning of that minute, and returns which went off and which are over. */
  judge(metrics: Metrics, minute: number): AlarmChange[];
  states: ReadonlyMap<string, AlarmState>;
}

const Composite = object({
  alarmName: string(),
  alarmDescription: string(),
  alarmRule: string(),
  alarmActions: array(string()),
  okActions: array(string()),
});

/** Reads the alarms of a graph; refuses what the runner would not judge as CloudWatch does. */
export const alarmsOf = (graph: Graph): Alarms => {
  const alarms = ofType(graph, "aws:cloudwatch/metricAlarm:MetricAlarm").map(readAlarm);
  const composites = ofType(graph, "aws:cloudwatch/compositeAlarm:CompositeAlarm").map((one) => read(one, alarms));
  const names = [...alarms, ...composites].map(({ name }) => name);
  const states = new Map(names.map((name): [string, AlarmState] => [name, "INSUFFICIENT_DATA"]));

  // An alarm that is fine from the start is nothing to tell of.
  const change = (name: string, state: Verdict, reason: string, minute: number): AlarmChange[] => {
    const before = states.get(name);
    states.set(name, state);
    return before === state || (before === "INSUFFICIENT_DATA" && state === "OK")
      ? []
      : [{ name, state, reason, minute }];
  };

  return {
    minutes: Math.max(0, ...alarms.map(({ minutes }) => minutes)),
    states,
    judge: (metrics, minute) => [
      ...alarms.flatMap((alarm) => {
        const { state, reason } = alarm.judge(metrics, minute);
        return change(alarm.name, state, reason, minute);
      }),
      ...composites.flatMap(({ name, of }) => {
        const on = of.filter((one) => states.get(one) === "ALARM");
        return change(name, on.length > 0 ? "ALARM" : "OK", on.join(", ") || "none of its alarms is on", minute);
      }),
    ],
  };
};

const read = ({ name, inputs }: Resource, alarms: MetricAlarm[]): { name: string; of: string[] } => {
  const { alarmName, alarmRule } = checked(inputs, Composite, `alarm ${name}`);
  const of = alarmRule.split(" OR ").map((term) => {
    const [, one] = /^ALARM\("([^"]+)"\)$/.exec(term) ?? [];
    if (one === undefined) throw new Error(`Alarm ${name}: the runner does not judge ${term}`);
    if (!alarms.some((alarm) => alarm.name === one)) throw new Error(`Alarm ${name}: there is no alarm ${one}`);
    return one;
  });
  return { name: alarmName, of };
};
