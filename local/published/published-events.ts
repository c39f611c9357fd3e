import { array, type Infer, integer, string, type, validate } from "superstruct";
import type { Envelope } from "../../emulator/eventbridge/envelope.ts";

const Published = type({
  "detail-type": string(),
  // Step Functions names the state machine and the execution that put it; a Lambda names none.
  resources: array(string()),
  detail: type({ subject: string(), version: integer() }),
});

/** An event for other services, as far as a line of the runner's output shows it. */
export interface PublishedEvent extends Infer<typeof Published.schema.detail> {
  type: string;
}

/** The events for other services that were put on their bus, by what put them. */
export interface PublishedEvents {
  /** Keeps an event until it is taken. */
  add(event: Envelope): void;
  /** Takes the events that these executions put, in their order. */
  takeOf(executionArns: readonly string[]): PublishedEvent[];
  /** Takes the events that a Lambda put by itself. */
  takeOfLambdas(): PublishedEvent[];
}

/** Keeps the events that are put on the bus for other services, until the line of what put them is printed. */
export const makePublishedEvents = (): PublishedEvents => {
  const byExecution = new Map<string, PublishedEvent[]>();
  const take = (execution: string): PublishedEvent[] => {
    const events = byExecution.get(execution) ?? [];
    byExecution.delete(execution);
    return events;
  };
  return {
    add: (event) => {
      const [error, published] = validate(event, Published);
      if (error) return;
      const { "detail-type": name, resources, detail } = published;
      const execution = resources.at(-1) ?? "";
      const shown = { type: name, subject: detail.subject, version: detail.version };
      byExecution.set(execution, [...(byExecution.get(execution) ?? []), shown]);
    },
    takeOf: (executionArns) => executionArns.flatMap(take),
    takeOfLambdas: () => take(""),
  };
};
