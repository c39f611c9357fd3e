import type { Account } from "../account.ts";
import type { Queue } from "../storage/queue.ts";
import type { EventBus } from "./event-bus.ts";
import { PartnerBus } from "./partner-bus.ts";
import { Route } from "./route.ts";
import type { Settings } from "../settings.ts";
import { testSource } from "../test-source.ts";
import type { StateMachine } from "../processing/state-machine.ts";
import { handledTypes, workflows } from "../workflows.ts";

type Args = Pick<Settings, "eventSource" | "formerEventSource"> & {
  bus: EventBus;
  machines: Record<string, StateMachine>;
  deadLetters: Queue;
  account: Account;
};

/** The ways of the events, from Stripe's bus to ours where there is one, and from ours to the state machine of each type: their rules. */
export const makeRoutes = ({ eventSource, formerEventSource, bus, machines, deadLetters, account }: Args) => {
  const sources = [...new Set([eventSource, formerEventSource ?? eventSource])];
  const byType = workflows.map(({ name, eventType }): [string, Route] => {
    const machine = machines[name];
    if (!machine) throw new Error(`There is no state machine ${name}`);
    const rule = `${name}-rule`;
    const route = new Route(rule, {
      description: `${eventType} from ${sources.join(" and ")}`,
      busName: bus.name,
      sources,
      types: [eventType],
      target: machine.arn,
      action: "states:StartExecution",
      deadLetters,
      account,
    });
    return [rule, route];
  });

  const routes = new Map(byType);
  // A partner bus must have its source's name; ours has its own, so that what hangs on it outlives a new destination at Stripe.
  for (const source of sources.filter((one) => one !== testSource)) {
    // Named by the source, of which a role's name has room for the end only: so a new one is made beside it, and neither replaced.
    const destination = source.slice(-8);
    const partnerBus = new PartnerBus(`partner-bus-${destination}`, { eventSource: source });
    const rule = `forward-rule-${destination}`;
    const forward = new Route(rule, {
      description: `The handled types from ${source}`,
      busName: partnerBus.name,
      sources: [source],
      types: handledTypes,
      target: bus.arn,
      action: "events:PutEvents",
      deadLetters,
      account,
    });
    routes.set(rule, forward);
  }

  const accepted = deadLetters.attachPolicy([...routes.values()].map(({ rule }) => rule.arn));
  for (const route of routes.values()) route.attachTarget([accepted]);
  return Object.fromEntries([...routes].map(([name, { rule }]) => [name, rule]));
};
