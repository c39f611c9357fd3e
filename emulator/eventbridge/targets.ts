import { number, object, optional, string } from "superstruct";
import { checked } from "../graph/checked.ts";
import { type Graph, ofType } from "../graph/load.ts";
import { compilePattern, type Matcher } from "./pattern.ts";
import type { Queue } from "../sqs/queue.ts";

/** A target of a rule, and the rule. */
export interface Target {
  name: string;
  busName: string;
  ruleArn: string;
  matches: Matcher;
  arn: string;
  roleArn: string;
  tries: number;
  ageSeconds: number;
  deadLetters: Queue;
}

const Rule = object({
  name: string(),
  description: optional(string()),
  eventBusName: string(),
  eventPattern: string(),
});

// Nothing may change the event on its way, so an input, a path or a transformer is refused.
const TargetInputs = object({
  rule: string(),
  eventBusName: string(),
  targetId: string(),
  arn: string(),
  roleArn: string(),
  retryPolicy: object({ maximumRetryAttempts: number(), maximumEventAgeInSeconds: number() }),
  deadLetterConfig: object({ arn: string() }),
});

/** The targets of a graph's rules; refuses what the runner would not do as EventBridge does. */
export const targetsOf = (graph: Graph, queues: Queue[]): Target[] => {
  const rules = ofType(graph, "aws:cloudwatch/eventRule:EventRule").map(({ name, inputs, outputs }) => {
    const rule = checked(inputs, Rule, `rule ${name}`);
    return {
      ...rule,
      arn: `${outputs["arn"]}`,
      matches: compilePattern(JSON.parse(rule.eventPattern), `pattern of ${name}`),
    };
  });
  return ofType(graph, "aws:cloudwatch/eventTarget:EventTarget").map(({ name, inputs }) => {
    const target = checked(inputs, TargetInputs, `target ${name}`);
    const rule = rules.find(
      (candidate) => candidate.name === target.rule && candidate.eventBusName === target.eventBusName,
    );
    if (!rule) throw new Error(`Target ${name}: there is no rule ${target.rule} on bus ${target.eventBusName}`);
    const deadLetters = queues.find(({ arn }) => arn === target.deadLetterConfig.arn);
    if (!deadLetters) throw new Error(`Target ${name}: there is no queue ${target.deadLetterConfig.arn}`);
    return {
      name,
      busName: rule.eventBusName,
      ruleArn: rule.arn,
      matches: rule.matches,
      arn: target.arn,
      roleArn: target.roleArn,
      tries: 1 + target.retryPolicy.maximumRetryAttempts,
      ageSeconds: target.retryPolicy.maximumEventAgeInSeconds,
      deadLetters,
    };
  });
};
