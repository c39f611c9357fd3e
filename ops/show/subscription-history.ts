import { any, array, enums, type Infer, integer, nullable, optional, string, type, validate } from "superstruct";
import { type EventLogsArgs, type LambdaLine, linesOf, patternOf } from "../trace/event-logs.ts";

const Changes = array(type({ change: string(), from: any(), to: any() }));

const Synchronised = type({
  subscriptionId: string(),
  outcome: string(),
  changes: Changes,
  gapSince: nullable(integer()),
  /** Of an event's line alone. */
  order: optional(enums(["certain", "assumed"])),
});

const Reconciled = type({
  kind: enums(["subscription"]),
  id: string(),
  outcome: enums(["healed", "confirmed"]),
  differences: array(type({ field: string(), ours: any(), stripes: any() })),
});

/** What the logs say about a user's subscription at one time: after an event, a heal or a reconciliation. */
export interface LoggedState extends Infer<typeof Synchronised> {
  /** When it was logged, in milliseconds since 1970. */
  at: number;
  /** Null for a heal and a reconciliation. */
  eventId: string | null;
  /** When Stripe created the event, in unix seconds; null where the logs do not say it. */
  created: number | null;
  /** What wrote it; a reconciliation's changes are named after the fields of the row. */
  by: "event" | "heal" | "reconciliation";
}

/** Reads the logs about a user's subscriptions, in the order in which they were changed. */
export const readSubscriptionHistory = async (userId: string, args: EventLogsArgs): Promise<LoggedState[]> => {
  const since = args.since.getTime();
  const pattern = patternOf("message.userId", [userId]);
  const [synced, healed, reconciled] = await Promise.all(
    ["sync-subscription", "close-gap", "compare-page"].map((lambda) => linesOf(lambda, pattern, args, since)),
  );
  const created = await createdOf(synced ?? [], args);
  const states = [...(synced ?? []), ...(healed ?? []), ...(reconciled ?? [])]
    .toSorted((a, b) => a.at - b.at || (a.timestamp ?? "").localeCompare(b.timestamp ?? ""))
    .flatMap(stateOf);
  return states.map((state) => ({ ...state, created: created.get(state.eventId ?? "") ?? null }));
};

const stateOf = ({ at, lambda, eventId = null, fields }: LambdaLine): Omit<LoggedState, "created">[] => {
  if (lambda === "compare-page") {
    const [, reconciled] = validate(fields, Reconciled);
    if (!reconciled) return [];
    const { id: subscriptionId, outcome, differences } = reconciled;
    const changes = differences.map(({ field, ours, stripes }) => ({
      change: field === "status" ? "status_changed" : field,
      from: ours,
      to: stripes,
    }));
    return [{ at, eventId: null, by: "reconciliation", subscriptionId, outcome, changes, gapSince: null }];
  }
  // Other lines about the user say less.
  const [, state] = validate(fields, Synchronised);
  return state ? [{ ...state, at, eventId, by: lambda === "close-gap" ? "heal" : "event" }] : [];
};

// A filter pattern has at most 1,024 characters.
const eventsInPattern = 15;

// When Stripe created the events: the line that says it names no user. An id that is none of Stripe's cannot be searched.
const createdOf = async (lines: LambdaLine[], args: EventLogsArgs): Promise<Map<string, number>> => {
  const ids = [...new Set(lines.flatMap(({ eventId }) => eventId ?? []))].filter((id) => /^\w+$/.test(id));
  const created = new Map<string, number>();
  for (let from = 0; from < ids.length; from += eventsInPattern) {
    const pattern = patternOf("message.eventId", ids.slice(from, from + eventsInPattern));
    for (const line of await linesOf("sync-subscription", pattern, args, args.since.getTime()))
      if (line.eventId && line.created) created.set(line.eventId, line.created);
  }
  return created;
};
