import { number, object, optional, string } from "superstruct";
import { EmulatorError } from "../graph/errors.ts";
import { type Graph, ofType } from "../graph/graph.ts";
import { validateInputs } from "../graph/validate-inputs.ts";
import { compilePattern, type Matcher } from "./pattern.ts";
import type { Queue } from "../sqs/queue.ts";

/** A target, and its rule. */
export interface Target {
  name: string;
  busName: string;
  ruleArn: string;
  matches: Matcher;
  arn: string;
  roleArn: string;
  maxAttempts: number;
  maxEventAgeSeconds: number;
  deadLetters: Queue;
}

const Rule = object({
  name: string(),
  description: optional(string()),
  eventBusName: string(),
  eventPattern: string(),
});

// The emulator delivers events unchanged, so an input, a path or a transformer is refused.
const TargetInputs = object({
  rule: string(),
  eventBusName: string(),
  targetId: string(),
  arn: string(),
  roleArn: string(),
  retryPolicy: object({ maximumRetryAttempts: number(), maximumEventAgeInSeconds: number() }),
  deadLetterConfig: object({ arn: string() }),
});

/** The targets of a graph's rules; refuses what the emulator does not do as EventBridge does. */
export const targetsOf = (graph: Graph, queues: Queue[]): Target[] => {
  const rules = ofType(graph, "aws:cloudwatch/eventRule:EventRule").map(({ name, inputs, outputs }) => {
    const rule = validateInputs(inputs, Rule, `rule ${name}`);
    return {
      ...rule,
      arn: `${outputs["arn"]}`,
      matches: compilePattern(JSON.parse(rule.eventPattern), `pattern of ${name}`),
    };
  });
  // A delivery ends with the execution that it started, and a Standard one may take days.
  const standardArns = ofType(graph, "aws:sfn/stateMachine:StateMachine")
    .filter(({ inputs }) => inputs["type"] === "STANDARD")
    .map(({ outputs }) => outputs["arn"]);
  return ofType(graph, "aws:cloudwatch/eventTarget:EventTarget").map(({ name, inputs }) => {
    const target = validateInputs(inputs, TargetInputs, `target ${name}`);
    const rule = rules.find(
      (candidate) => candidate.name === target.rule && candidate.eventBusName === target.eventBusName,
    );
    if (!rule) throw new EmulatorError(`Target ${name}: there is no rule ${target.rule} on bus ${target.eventBusName}`);
    if (standardArns.includes(target.arn))
      throw new EmulatorError(`Target ${name}: the emulator delivers events to Express state machines only`);
    const deadLetters = queues.find(({ arn }) => arn === target.deadLetterConfig.arn);
    if (!deadLetters) throw new EmulatorError(`Target ${name}: there is no queue ${target.deadLetterConfig.arn}`);
    return {
      name,
      busName: rule.eventBusName,
      ruleArn: rule.arn,
      matches: rule.matches,
      arn: target.arn,
      roleArn: target.roleArn,
      maxAttempts: 1 + target.retryPolicy.maximumRetryAttempts,
      maxEventAgeSeconds: target.retryPolicy.maximumEventAgeInSeconds,
      deadLetters,
    };
  });
};
