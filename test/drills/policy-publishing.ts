import { workflows } from "../../infra/workflows.ts";
import { sampleOf } from "../../samples/events.ts";
import { subjectOf } from "../../samples/month.ts";
import type { Json } from "../../samples/stripe-objects.ts";
import { planted } from "../helpers/planted.ts";
import type { Serving } from "../helpers/serving.ts";

// Whose payment a refund or a dispute is about becomes known by what paid it, where both are on record already.
const before: Record<string, string[]> = { "invoice_payment.paid": ["charge.dispute.created", "invoice.paid"] };

/** One event of each type that changes a row for certain, each about a subject of its own; and what must have come before it. */
export const changingEvents = (): { event: Json; before: Json[] }[] =>
  workflows.map(({ name, eventType }) => ({
    event: eventOf(eventType, name),
    before: (before[eventType] ?? []).map((type) => eventOf(type, name)),
  }));

/** Handles one event of each type that changes a row, so that each state machine publishes. */
export const runPublishing = async (serving: Serving): Promise<void> => {
  for (const { event, before: earlier } of changingEvents())
    for (const one of [...earlier, event]) await serving.handle(one);
};

const eventOf = (type: string, name: string): Json => {
  const { event } = sampleOf(type, subjectOf(`published_${name}`, 1_767_225_600));
  const { object, ...data } = Object(event["data"]);
  return { ...event, data: { ...data, object: planted(object) }, livemode: true };
};
