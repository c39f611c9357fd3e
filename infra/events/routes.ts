import type { Account } from "../account.ts";
import type { Queue } from "../storage/queue.ts";
import type { EventBus } from "./event-bus.ts";
import { PartnerBus } from "./partner-bus.ts";
import { Route, routeRole } from "./route.ts";
import type { RuleNames } from "./rules.ts";
import type { StateMachine } from "../processing/state-machine.ts";
import { handledTypes } from "../workflows.ts";

interface Args {
  names: RuleNames;
  bus: EventBus;
  machines: Record<string, StateMachine>;
  deadLetters: Queue;
  account: Account;
}

/**
 * The ways of the events, from Stripe's bus to ours where there is one, and from ours to the state machine of each type: their rules.
 *
 * The partner bus is the last but for its own rule and target: Stripe sends from then on, and AWS keeps nothing that no rule matches.
 */
export const makeRoutes = ({ names, bus, machines, deadLetters, account }: Args) => {
  const own = names.own.map(({ workflow, ...rule }) => {
    const machine = machines[workflow.name];
    if (!machine) throw new Error(`There is no state machine ${workflow.name}`);
    return new Route(rule.name, {
      description: `${workflow.eventType} from ${names.sources.join(" and ")}`,
      busName: bus.name,
      sources: names.sources,
      types: [workflow.eventType],
      target: machine.arn,
      role: routeRole(rule, { Action: "states:StartExecution", Resource: machine.arn }, account),
      deadLetters,
    });
  });

  // A partner bus must have its source's name; ours has its own, so that what hangs on it outlives a new destination at Stripe.
  const forwarding = names.forwarding.map(({ source, destination, ...rule }) => {
    const role = routeRole(rule, { Action: "events:PutEvents", Resource: bus.arn }, account);
    const dependsOn = [bus, deadLetters, role, ...own];
    const partnerBus = new PartnerBus(`partner-bus-${destination}`, { eventSource: source, dependsOn });
    return new Route(rule.name, {
      description: `The handled types from ${source}`,
      busName: partnerBus.name,
      sources: [source],
      types: handledTypes,
      target: bus.arn,
      role,
      deadLetters,
    });
  });

  const routes = [...own, ...forwarding];
  return Object.fromEntries(
    [...names.own, ...names.forwarding].flatMap(({ name }, index) => {
      const route = routes[index];
      return route ? [[name, route.rule]] : [];
    }),
  );
};
