import { createHash } from "node:crypto";

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

/** Whether an event is among those that were counted. */
export const isSeen = ({ seen }: Seen, event: EventName): boolean => namesIn(seen).includes(nameOf(event));

/** Adds an event to those that were counted, and forgets the oldest beyond 35 days or 1,000 events. */
export const remember = ({ seen, forgotten }: Seen, event: EventName): Seen => {
  const all = [...namesIn(seen), nameOf(event)].toSorted();
  const since = timeOf(all.at(-1) ?? "") - rememberedSeconds;
  const kept = all.filter((name) => timeOf(name) >= since).slice(-mostRemembered);
  const lost = all.slice(0, all.length - kept.length).map(timeOf);
  return { seen: kept.join(""), forgotten: Math.max(forgotten, ...lost) };
};

// Seven characters of its time in base 36, so that they sort by it, and four of its id's hash.
const nameOf = ({ eventId, created }: EventName): string =>
  created.toString(36).padStart(7, "0") + createHash("sha256").update(eventId).digest("base64url").slice(0, 4);

const namesIn = (seen: string): string[] => seen.match(/.{11}/g) ?? [];

const timeOf = (name: string): number => Number.parseInt(name.slice(0, 7), 36);
