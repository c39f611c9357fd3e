import { randomUUID } from "node:crypto";
import { validate } from "superstruct";
import { Owned, type Owner, ownerOf } from "../lambdas/stripe/owner.ts";

/** EventBridge's envelope around an event of Stripe's, as far as the runner itself reads it. */
export interface Envelope {
  source: string;
  "detail-type": string;
  detail: Record<string, unknown> & { id: string; type: string };
}

/** Something that was handed in is no event. */
export class NotAnEvent extends Error {}

// https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
const largestEvent = 1024 * 1024;

// Far deeper than any event of Stripe's, and not so deep that what walks through it runs out of stack.
const deepest = 1000;

/** Where an envelope is from and where it arrives. */
export interface Arrival {
  /** The stack's `eventSource`. */
  eventSource: string;
  /** Whether an envelope keeps the source that it names. */
  keepSource: boolean;
  account: string;
  region: string;
}

/**
 * Makes an envelope of an event as Stripe's partner source would; one that is in an envelope keeps it, but for its source.
 *
 * @throws {NotAnEvent} for what is neither.
 */
export const toEnvelope = (value: unknown, { eventSource, keepSource, account, region }: Arrival): Envelope => {
  if (!isObject(value)) throw new NotAnEvent(`expected a Stripe event, got ${kindOf(value)}`);
  const isWrapped = isObject(value["detail"]) && typeof value["detail-type"] === "string";
  const detail = isWrapped ? value["detail"] : value;
  if (!isEvent(detail)) throw new NotAnEvent(`expected a Stripe event with an id and a type, got ${describe(detail)}`);
  if (isDeeperThan(deepest, value)) throw new NotAnEvent(`${detail.id} is nested more than ${deepest} levels deep`);
  const size = Buffer.byteLength(JSON.stringify(value));
  if (size > largestEvent)
    throw new NotAnEvent(`${detail.id} has ${size} bytes, and EventBridge takes at most ${largestEvent}`);
  const envelope = {
    version: "0",
    id: randomUUID(),
    "detail-type": detail.type,
    source: eventSource,
    account,
    time: timeOf(detail["created"]),
    region,
    resources: [],
  };
  if (!isWrapped) return { ...envelope, detail };
  const source = keepSource && typeof value["source"] === "string" ? value["source"] : eventSource;
  return { ...envelope, ...value, source, detail };
};

/** Whose event it is, read as the Lambdas read it; null for what is no invoice or subscription. */
export const ownerOfEvent = ({ detail }: Envelope): Owner | null => {
  const [, owned] = validate(isObject(detail["data"]) ? detail["data"]["object"] : null, Owned, { coerce: true });
  return owned ? ownerOf(owned) : null;
};

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isDeeperThan = (levels: number, value: unknown): boolean =>
  typeof value === "object" &&
  value !== null &&
  (levels === 0 || Object.values(value).some((inner) => isDeeperThan(levels - 1, inner)));

const isEvent = (value: unknown): value is Envelope["detail"] =>
  isObject(value) && isText(value["id"]) && isText(value["type"]);

const isText = (value: unknown): boolean => typeof value === "string" && value !== "";

const kindOf = (value: unknown): string => {
  if (value === null) return "null";
  return Array.isArray(value) ? "a list" : `a ${typeof value}`;
};

const describe = (value: unknown): string =>
  isObject(value) ? `an object with ${Object.keys(value).slice(0, 5).join(", ") || "nothing in it"}` : kindOf(value);

// Stripe's seconds, or the time itself in a thin event.
const timeOf = (created: unknown): string => {
  const date = new Date(typeof created === "number" ? created * 1000 : `${created}`);
  return Number.isNaN(date.getTime()) ? "1970-01-01T00:00:00Z" : date.toISOString().replace(/\.\d+/, "");
};
