import type { BillingEvent, Detail } from "./billing-event.ts";

/** The changes of one item that may not be published yet. */
export interface Unpublished {
  table: "core" | "payments";
  PK: string;
  SK: string;
  /** How many changes of the item were published before. */
  published: number;
  /** The events of each change, the oldest first; none where it changed nothing that shows. */
  changes: BillingEvent[][];
}

/** Which changes of an item are published, by how many of it are before and after. */
export interface Mark extends Pick<Unpublished, "table" | "PK" | "SK"> {
  from: number;
  through: number;
}

/** An entry of `PutEvents`: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsRequestEntry.html */
export interface Entry {
  Source: string;
  DetailType: string;
  Detail: Detail;
  EventBusName: string;
}

/** What is put on the bus, and what is marked as published after that. */
export interface ToPublish {
  /** `entries`: put them, then mark. `marks`: mark only. */
  next: "entries" | "marks" | "nothing";
  entries: Entry[];
  marks: Mark[];
  /** The event of Stripe's that it follows from, by which the log lines of it are found; null for none. */
  detail: StripeEventId | null;
}

/** Which event of Stripe's it was. */
interface StripeEventId {
  id: string;
  type: string;
  created: number;
}

/** Where it is published. */
export interface PublishSettings {
  /** The name of the bus. */
  bus: string;
}

/** The source of our events. */
export const source = "homebiyori.billing";

/** How many entries a call of `PutEvents` takes. */
export const mostEntries = 10;

// All that a state of Step Functions is given or answers may have 256 KB, of which our entries are a part, as they are of EventBridge's
// limit: https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
const mostBytes = 200_000;

// A change has two events at most, and is published whole.
const mostBytesOfEvent = mostBytes / 2;

/** What is to be published of some items, as many of their oldest changes as one call takes; the next event of an item publishes the rest. */
export const toPublish = (
  items: readonly Unpublished[],
  { bus }: PublishSettings,
  event: StripeEventId | null = null,
): ToPublish => {
  const entries: Entry[] = [];
  let bytes = 0;
  const marks: Mark[] = [];
  for (const { table, PK, SK, published, changes } of items) {
    let through = published;
    for (const events of changes) {
      const added = events.map((one) => entryOf(one, bus));
      const size = added.reduce((sum, entry) => sum + bytesOf(entry), 0);
      if (entries.length + added.length > mostEntries || bytes + size > mostBytes) break;
      entries.push(...added);
      bytes += size;
      through += 1;
    }
    if (through > published) marks.push({ table, PK, SK, from: published, through });
  }
  const next = entries.length > 0 ? "entries" : marks.length > 0 ? "marks" : "nothing";
  return { next, entries, marks, detail: event && { id: event.id, type: event.type, created: event.created } };
};

// One that is too large goes without its changes, and if it is still too large without its state, which its row has.
const entryOf = ({ type, detail }: BillingEvent, bus: string): Entry => {
  const bare = { ...detail, changes: null };
  const [largest] = [detail, bare].filter((one) => bytesOf(one) <= mostBytesOfEvent - mostBytesAround);
  const Detail: Detail = largest ?? { ...bare, state: null };
  return { Source: source, DetailType: type, Detail, EventBusName: bus };
};

// Of an entry, but for its detail.
const mostBytesAround = 2000;

const bytesOf = (value: object): number => Buffer.byteLength(JSON.stringify(value));

/** What is left to be published of some items once these are marked. */
export const leftAfter = (items: readonly Unpublished[], marks: readonly Mark[]): Unpublished[] =>
  items.flatMap((item) => {
    const through = marks.find(({ PK, SK }) => PK === item.PK && SK === item.SK)?.through ?? item.published;
    const changes = item.changes.slice(through - item.published);
    return changes.length > 0 ? [{ ...item, published: through, changes }] : [];
  });
