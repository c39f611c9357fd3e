import { workflows } from "../../infra/workflows.ts";
import { sampleOf } from "../../samples/events.ts";
import { subjectOf } from "../../samples/month.ts";
import type { Json } from "../../samples/stripe-objects.ts";
import { planted } from "../helpers/planted.ts";
import type { Serving } from "../helpers/serving.ts";

// Whose payment a refund or a dispute is about becomes known by what paid it, where both are on record already.
const before: Record<string, string[]> = { "invoice_payment.paid": ["charge.dispute.created", "invoice.paid"] };

/** One event of each type that changes a row for certain, each about a subject of its own: so each state machine publishes. */
export const runPublishing = async (serving: Serving): Promise<void> => {
  for (const { name, eventType } of workflows) {
    for (const type of [...(before[eventType] ?? []), eventType]) await serving.handle(eventOf(type, name));
  }
};

const eventOf = (type: string, name: string): Json => {
  const { event } = sampleOf(type, subjectOf(`published_${name}`, 1_767_225_600));
  const { object, ...data } = Object(event["data"]);
  return { ...event, data: { ...data, object: planted(object) }, livemode: true };
};
