import type { Account } from "./account.ts";
import type { DeadLetterQueue } from "./dead-letter-queue.ts";
import type { EventBus } from "./event-bus.ts";
import { PartnerBus } from "./partner-bus.ts";
import { Route } from "./route.ts";
import { testSource } from "./settings.ts";
import type { StateMachine } from "./state-machine.ts";
import { handledTypes, workflows } from "./workflows.ts";

interface Args {
  eventSource: string;
  bus: EventBus;
  machines: Record<string, StateMachine>;
  deadLetters: DeadLetterQueue;
  account: Account;
}

/** The ways of the events, from Stripe's bus to ours where there is one, and from ours to the state machine of each type: their rules. */
export const makeRoutes = ({ eventSource, bus, machines, deadLetters, account }: Args) => {
  const byType = workflows.map(({ name, eventType }): [string, Route] => {
    const machine = machines[name];
    if (!machine) throw new Error(`There is no state machine ${name}`);
    const rule = `${name}-rule`;
    const route = new Route(rule, {
      description: `${eventType} from ${eventSource}`,
      busName: bus.name,
      source: eventSource,
      types: [eventType],
      target: machine.arn,
      action: "states:StartExecution",
      deadLetters,
      account,
    });
    return [rule, route];
  });

  const routes = new Map(byType);
  if (eventSource !== testSource) {
    // A partner bus must have its source's name; ours has its own, so that what hangs on it outlives a new destination at Stripe.
    const partnerBus = new PartnerBus("partner-bus", { eventSource });
    const forward = new Route("forward-rule", {
      description: `The handled types from ${eventSource}`,
      busName: partnerBus.name,
      source: eventSource,
      types: handledTypes,
      target: bus.arn,
      action: "events:PutEvents",
      deadLetters,
      account,
    });
    routes.set("forward-rule", forward);
  }

  const accepted = deadLetters.accept([...routes.values()].map(({ rule }) => rule.arn));
  for (const route of routes.values()) route.open([accepted]);
  return Object.fromEntries([...routes].map(([name, { rule }]) => [name, rule]));
};
