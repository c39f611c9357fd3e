import { hash } from "node:crypto";

/** The events that a ledger remembers, as one text, and the watermark: events up to this time may have been pruned. */
export interface ProcessedEvents {
  processedEvents: string;
  /** Unix seconds; -1 while none was pruned. */
  prunedUpTo: number;
}

/** What names an event, and the transition that it is. */
export interface EventName {
  eventId: string;
  /** Unix seconds. */
  created: number;
  transition: string;
}

// Stripe's events can be sent again for 30 days.
const retentionSeconds = 35 * 24 * 3600;
const maxRemembered = 1000;
// However old: most subscriptions never have so many, and of these every event counts whenever it comes.
const minRemembered = 200;

/** Whether an event was processed: a duplicate of it is idempotent. */
export const isProcessed = ({ processedEvents }: ProcessedEvents, event: EventName): boolean =>
  isRecorded(processedEvents, timeAndId(event), 0);

/** Whether another event of the same second was the same transition: Stripe may make two Event objects of one change. */
export const isRepeated = ({ processedEvents }: ProcessedEvents, event: EventName): boolean => {
  const [time, transition] = [timeText(event.created), shortHash(event.transition, transitionLength)];
  return namesOf(processedEvents, time).some((name) => name.endsWith(transition));
};

/** Adds an event to those that were processed, and prunes the oldest: those beyond 35 days but for the newest 200, and beyond 1,000. */
export const remember = ({ processedEvents, prunedUpTo }: ProcessedEvents, event: EventName): ProcessedEvents => {
  const all = added(processedEvents, timeAndId(event) + shortHash(event.transition, transitionLength));
  const since = timeOf(all.slice(-nameLength)) - retentionSeconds;
  let pruned = Math.max(0, all.length - maxRemembered * nameLength);
  const spared = all.length - minRemembered * nameLength;
  while (pruned < spared && timeOf(all.slice(pruned)) < since) pruned += nameLength;
  const upTo = pruned > 0 ? Math.max(prunedUpTo, timeOf(all.slice(pruned - nameLength))) : prunedUpTo;
  return { processedEvents: all.slice(pruned), prunedUpTo: upTo };
};

/** The names of version 1, which had no transition, as those of version 2: what they are padded with is in no hash. */
export const namesOfVersion1 = (names: string): string =>
  (names.match(/.{11}/g) ?? []).map((name) => name + ".".repeat(transitionLength)).join("");

// A name: seven characters of the event's time in base 36, so that names sort by it, four of its id's hash, four of its transition's.
const timeLength = 7;
const idLength = 4;
const transitionLength = 4;
const nameLength = timeLength + idLength + transitionLength;

const shortHash = (text: string, length: number): string => hash("sha256", text, "base64url").slice(0, length);

const timeText = (created: number): string => created.toString(36).padStart(timeLength, "0");

const timeOf = (name: string): number => Number.parseInt(name.slice(0, timeLength), 36);

const timeAndId = ({ eventId, created }: EventName): string => timeText(created) + shortHash(eventId, idLength);

// The names stand one behind the other, in their order; a text is found at the beginning of a name only.
const isRecorded = (names: string, start: string, from: number): boolean => {
  const at = names.indexOf(start, from);
  return at !== -1 && (at % nameLength === 0 || isRecorded(names, start, at + 1));
};

const namesOf = (names: string, time: string): string[] =>
  (names.match(namePattern) ?? []).filter((name) => name.startsWith(time));

const namePattern = new RegExp(`.{${nameLength}}`, "g");

// Most events come in their order.
const added = (names: string, name: string): string =>
  name >= names.slice(-nameLength) ? names + name : [...(names.match(namePattern) ?? []), name].toSorted().join("");
