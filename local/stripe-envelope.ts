import { randomUUID } from "node:crypto";
import { validate } from "superstruct";
import { type Envelope, limitProblem } from "../emulator/eventbridge/envelope.ts";
import { isObject } from "../emulator/graph/json.ts";
import { Owned, type Owner, ownerOf } from "../lambdas/stripe/owner.ts";

/** EventBridge's envelope around an event of Stripe's. */
export interface StripeEnvelope extends Envelope {
  detail: Record<string, unknown> & { id: string; type: string };
}

/** A value that was handed in is not an event of Stripe's, or beyond EventBridge's limits. */
export class NotAnEvent extends Error {
  override readonly name = "NotAnEvent";
}

/** Where an envelope comes from and where it arrives. */
export interface Arrival {
  /** The stack's `eventSource`. */
  eventSource: string;
  /** Whether an envelope keeps its own source. */
  keepSource: boolean;
  account: string;
  region: string;
}

/**
 * Wraps an event in an envelope as Stripe's partner source would; an envelope stays as it is, but for its source.
 *
 * @throws {NotAnEvent} for what is neither.
 */
export const toEnvelope = (value: unknown, { eventSource, keepSource, account, region }: Arrival): StripeEnvelope => {
  if (!isObject(value)) throw new NotAnEvent(`expected a Stripe event, got ${kindOf(value)}`);
  const isWrapped = isObject(value["detail"]) && typeof value["detail-type"] === "string";
  const detail = isWrapped ? value["detail"] : value;
  if (!isEvent(detail)) throw new NotAnEvent(`expected a Stripe event with an id and a type, got ${describe(detail)}`);
  const problem = limitProblem(value);
  if (problem !== null) throw new NotAnEvent(`${detail.id} ${problem}`);
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

/** The id of Stripe's event in an envelope; of an execution in the background the subscription that it is about, or `reconcile`. */
export const eventIdOf = (input: unknown): string => {
  const { detail, subscriptionId, run } = Object(input);
  const { subscription = "reconcile" } = Object(run);
  return String(Object(detail).id ?? subscriptionId ?? subscription);
};

/** Whose event it is, read as the Lambdas read it; null for anything but an invoice or a subscription. */
export const ownerOfEvent = ({ detail }: Pick<StripeEnvelope, "detail">): Owner | null => {
  const [, owned] = validate(isObject(detail["data"]) ? detail["data"]["object"] : null, Owned, { coerce: true });
  return owned ? ownerOf(owned) : null;
};

const isEvent = (value: unknown): value is StripeEnvelope["detail"] =>
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
