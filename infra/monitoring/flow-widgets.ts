import type * as aws from "@pulumi/aws";
import type { Account } from "../account.ts";
import { machineMetric, ruleMetric } from "./metrics.ts";
import type { StateMachine } from "../processing/state-machine.ts";
import { numbers, sum, type Widget } from "./widgets.ts";
import { workflows } from "../workflows.ts";

interface Args {
  rules: Record<string, aws.cloudwatch.EventRule>;
  machines: Record<string, StateMachine>;
  account: Account;
}

/** A row for each type of event, and before those one for each bus of Stripe's; to be read from left to right. */
export const flow = ({ rules, machines, account: { region } }: Args): Widget[][] => {
  const types = workflows.map(({ name, eventType }) => {
    const [rule, machine] = [rules[`${name}-rule`], machines[name]];
    if (!rule || !machine) throw new Error(`There is no rule or no state machine ${name}`);
    return numbers(eventType, region, [
      sum(ruleMetric(rule, "TriggeredRules"), "received"),
      sum(machineMetric(machine, "ExecutionsStarted"), "started"),
      sum(machineMetric(machine, "ExecutionsSucceeded"), "succeeded"),
      sum(machineMetric(machine, "ExecutionsFailed"), "failed", "failed"),
      sum(machineMetric(machine, "ExecutionsTimedOut"), "timed out"),
      sum(ruleMetric(rule, "InvocationsSentToDlq"), "not delivered", "undelivered"),
      // A machine sends the event of an execution that fails there itself.
      { expression: "FILL(failed,0)+FILL(undelivered,0)", label: "dead-lettered" },
    ]);
  });
  const forwarding = Object.entries(rules).filter(([name]) => !workflows.some((one) => name === `${one.name}-rule`));
  const forwards = forwarding.map(([name, rule]) =>
    numbers(`From Stripe's bus (${name})`, region, [
      sum(ruleMetric(rule, "TriggeredRules"), "received"),
      sum(ruleMetric(rule, "Invocations"), "forwarded, or failed after all retries"),
      sum(ruleMetric(rule, "FailedInvocations"), "not forwarded"),
      sum(ruleMetric(rule, "InvocationsSentToDlq"), "dead-lettered"),
    ]),
  );
  return [...forwards, ...types].map((widget) => [widget]);
};
