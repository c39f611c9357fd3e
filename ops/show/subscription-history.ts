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
  eventStatus: optional(string()),
  eventChanges: optional(Changes),
});

const Reconciled = type({
  kind: enums(["subscription"]),
  id: string(),
  outcome: enums(["healed", "confirmed"]),
  differences: array(type({ field: string(), ours: any(), stripes: any() })),
});

/** What the logs say about a user's subscription at one time: after an event, a heal or a reconciliation. */
export interface LoggedState extends Omit<Infer<typeof Synchronised>, "eventStatus" | "eventChanges"> {
  /** When it was logged, in milliseconds since 1970. */
  at: number;
  /** Null for a heal and a reconciliation. */
  eventId: string | null;
  /** When Stripe created the event, in unix seconds; null where the logs do not say it. */
  created: number | null;
  /** What wrote it; a reconciliation's changes are named after the fields of the row. */
  by: "event" | "heal" | "reconciliation";
  /** The status that the event itself shows; null where the logs do not say it. */
  status: string | null;
  /** What changed at Stripe: by the event itself, whatever the row became. Null where the logs do not say it. */
  says: Infer<typeof Changes> | null;
}

/** Reads the logs about a user's subscriptions, in the order of handling; each event once. */
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
  return withoutDuplicates(states).map((state) => ({ ...state, created: created.get(state.eventId ?? "") ?? null }));
};

// A duplicate stands for its event where that is logged nowhere else: a Lambda may end before it logs what it wrote.
const withoutDuplicates = <T extends Pick<LoggedState, "eventId" | "outcome">>(states: T[]): T[] => {
  const [duplicates, others] = [true, false].map((is) =>
    states.filter(({ outcome }) => (outcome === "duplicate") === is).toReversed(),
  );
  const kept = new Map([...(duplicates ?? []), ...(others ?? [])].map((state) => [state.eventId, state]));
  return states.filter((state) => state.eventId === null || kept.get(state.eventId) === state);
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
    const reconciliation = { at, eventId: null, by: "reconciliation", gapSince: null } as const;
    return [{ ...reconciliation, subscriptionId, outcome, changes, status: null, says: changes }];
  }
  // Other lines about the user say less.
  const [, state] = validate(fields, Synchronised);
  if (!state) return [];
  const { eventStatus: status = null, eventChanges, ...known } = state;
  const says = eventChanges ?? (known.outcome === "stale" ? null : known.changes);
  return [{ ...known, at, eventId, by: lambda === "close-gap" ? "heal" : "event", status, says }];
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
