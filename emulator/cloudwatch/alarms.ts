import { array, object, string } from "superstruct";
import { readAlarm } from "./alarm.ts";
import type { AlarmState } from "./evaluation.ts";
import { EmulatorError } from "../graph/errors.ts";
import { type Graph, ofType, type Resource } from "../graph/graph.ts";
import { validateInputs } from "../graph/validate-inputs.ts";
import type { MetricFamily } from "./known-metrics.ts";
import type { Metrics } from "./metrics.ts";

/** An alarm that went off, or is over. */
export interface AlarmChange {
  name: string;
  state: AlarmState;
  reason: string;
  /** Minutes since 1970. */
  minute: number;
}

/** An alarm, and what is known of its state. */
export interface AlarmStatus {
  name: string;
  description: string;
  /** The rule of a composite alarm; null for an alarm on metrics. */
  rule: string | null;
  /** `INSUFFICIENT_DATA` until the alarm was evaluated once. */
  state: AlarmState | "INSUFFICIENT_DATA";
  /** Why it is in its state, and since when, in minutes since 1970; null until the alarm was evaluated once. */
  reason: string | null;
  since: number | null;
}

/** The alarms of a graph, each in its state. */
export interface Alarms {
  /** How many minutes the alarms look back at most. */
  minutes: number;
  /** Evaluates all alarms at the beginning of that minute, and returns which went off and which are over. */
  evaluate(metrics: Metrics, minute: number): AlarmChange[];
  /** By name; alarms on metrics come first. */
  all: ReadonlyMap<string, Readonly<AlarmStatus>>;
}

// An alarm that is on while any of others is.
interface Composite {
  name: string;
  description: string;
  rule: string;
  of: string[];
}

const CompositeInputs = object({
  alarmName: string(),
  alarmDescription: string(),
  alarmRule: string(),
  alarmActions: array(string()),
  okActions: array(string()),
});

/** Reads the alarms of a graph on these metrics; refuses what the emulator does not evaluate as CloudWatch does. */
export const alarmsOf = (graph: Graph, families: readonly MetricFamily[]): Alarms => {
  const alarms = ofType(graph, "aws:cloudwatch/metricAlarm:MetricAlarm").map((one) => readAlarm(one, families));
  const composites: Composite[] = [];
  for (const one of ofType(graph, "aws:cloudwatch/compositeAlarm:CompositeAlarm")) {
    // One may be about others that are made before it.
    composites.push(read(one, [...alarms, ...composites]));
  }
  const all = new Map<string, AlarmStatus>();
  for (const { name, description, rule } of [...alarms.map((one) => ({ ...one, rule: null })), ...composites])
    all.set(name, { name, description, rule, state: "INSUFFICIENT_DATA", reason: null, since: null });

  // An alarm that is OK from the start is no change.
  const change = (name: string, state: AlarmState, reason: string, minute: number): AlarmChange[] => {
    const alarm = all.get(name);
    if (!alarm) return [];
    const before = alarm.state;
    Object.assign(alarm, { state, reason, since: before === state ? alarm.since : minute });
    return before === state || (before === "INSUFFICIENT_DATA" && state === "OK")
      ? []
      : [{ name, state, reason, minute }];
  };

  return {
    minutes: Math.max(0, ...alarms.map(({ minutes }) => minutes)),
    all,
    evaluate: (metrics, minute) => [
      ...alarms.flatMap((alarm) => {
        const { state, reason } = alarm.evaluate(metrics, minute);
        return change(alarm.name, state, reason, minute);
      }),
      ...composites.flatMap(({ name, of }) => {
        const on = of.filter((one) => all.get(one)?.state === "ALARM");
        return change(name, on.length > 0 ? "ALARM" : "OK", on.join(", ") || "none of its alarms is on", minute);
      }),
    ],
  };
};

const read = ({ name, inputs }: Resource, alarms: { name: string }[]): Composite => {
  const { alarmName, alarmRule, alarmDescription } = validateInputs(inputs, CompositeInputs, `alarm ${name}`);
  const of = alarmRule.split(" OR ").map((term) => {
    const [, one] = /^ALARM\("([^"]+)"\)$/.exec(term) ?? [];
    if (one === undefined) throw new EmulatorError(`Alarm ${name}: the emulator does not evaluate ${term}`);
    if (!alarms.some((alarm) => alarm.name === one)) throw new EmulatorError(`Alarm ${name}: there is no alarm ${one}`);
    return one;
  });
  return { name: alarmName, description: alarmDescription, rule: alarmRule, of };
};
