import { hash } from "node:crypto";

interface Seen {
  seen: string;
  forgotten: number;
}

interface EventName {
  eventId: string;
  /** Unix seconds. */
  created: number;
}

// Stripe's events can be sent again for 30 days.
const rememberedSeconds = 35 * 24 * 3600;
const mostRemembered = 1000;
// However old: most subscriptions never have so many, and of these every event counts whenever it comes.
const leastRemembered = 200;

/** Whether an event is among those that were counted. */
export const isSeen = ({ seen }: Seen, event: EventName): boolean => {
  const name = nameOf(event);
  let at = seen.indexOf(name);
  while (at !== -1 && at % nameLength !== 0) at = seen.indexOf(name, at + 1);
  return at !== -1;
};

/** Adds an event to those that were counted, and forgets the oldest: those beyond 35 days but for the newest 200, and beyond 1,000. */
export const remember = ({ seen, forgotten }: Seen, event: EventName): Seen => {
  const all = added(seen, nameOf(event));
  const since = timeOf(all.slice(-nameLength)) - rememberedSeconds;
  let lost = Math.max(0, all.length - mostRemembered * nameLength);
  const spared = all.length - leastRemembered * nameLength;
  while (lost < spared && timeOf(all.slice(lost, lost + nameLength)) < since) lost += nameLength;
  const lastLost = lost > 0 ? timeOf(all.slice(lost - nameLength, lost)) : -1;
  return { seen: all.slice(lost), forgotten: Math.max(forgotten, lastLost) };
};

// The names stand one behind the other, in their order. Most events come in that order too.
const added = (seen: string, name: string): string =>
  name >= seen.slice(-nameLength) ? seen + name : [...(seen.match(/.{11}/g) ?? []), name].toSorted().join("");

const nameLength = 11;

// Seven characters of its time in base 36, so that they sort by it, and four of its id's hash.
const nameOf = ({ eventId, created }: EventName): string =>
  created.toString(36).padStart(7, "0") + hash("sha256", eventId, "base64url").slice(0, 4);

const timeOf = (name: string): number => Number.parseInt(name.slice(0, 7), 36);
