import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { testSource } from "../../infra/test-source.ts";
import { UserError } from "./errors.ts";
import type { Target } from "./target.ts";

/** An event that looks like Stripe's, for a stack that receives none of Stripe's. */
export interface TestEvent {
  id: string;
  type: string;
}

// https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
const mostEntries = 10;

/** Puts events on a stack's bus; returns why EventBridge refused some, by their ids: `PutEvents` succeeds all the same. */
export const putTestEvents = async (
  events: readonly TestEvent[],
  { stack, config }: Target,
): Promise<Map<string, string>> => {
  const client = new EventBridgeClient(config);
  const refused = new Map<string, string>();
  for (let from = 0; from < events.length; from += mostEntries) {
    const some = events.slice(from, from + mostEntries);
    const Entries = some.map((event) => ({
      EventBusName: stack.bus.name,
      Source: stack.eventSource,
      DetailType: event.type,
      Detail: JSON.stringify(event),
    }));
    const answer = await client.send(new PutEventsCommand({ Entries }));
    for (const [index, { ErrorCode, ErrorMessage }] of (answer.Entries ?? []).entries()) {
      if (ErrorCode !== undefined) refused.set(`${some[index]?.id}`, `${ErrorCode}: ${ErrorMessage}`);
    }
  }
  return refused;
};

/** Throws for a target that receives Stripe's events, unlike what `needs` names. */
export const assertTakesTestEvents = ({ name, stack: { eventSource, rules } }: Target, needs: string): void => {
  // A forward rule is on a partner bus of Stripe's.
  if (eventSource === testSource && !Object.keys(rules).some((rule) => rule.startsWith("forward-rule"))) return;
  throw new UserError(
    `${name} receives Stripe's events, from ${eventSource}: ${needs} needs a stack whose source is ${testSource}`,
  );
};
