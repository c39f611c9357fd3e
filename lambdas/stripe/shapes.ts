import {
  boolean,
  coerce,
  integer,
  max,
  min,
  nullable,
  optional,
  pattern,
  size,
  string,
  type Struct,
  type,
  unknown,
} from "superstruct";
import { isObject } from "./previous-object.ts";

/** A field that a Stripe API version may leave out or send as null. */
export const maybe = <T, S>(struct: Struct<T, S>) => optional(nullable(struct));

/** The id of a Stripe object, which never has more characters: https://docs.stripe.com/upgrades#what-changes-does-stripe-consider-to-be-backwards-compatible */
export const Id = size(string(), 1, 255);

/** A word of Stripe's, such as a status or a reason; none is longer than an id. */
export const Word = size(string(), 0, 255);

/** The id of another object: Stripe sends the id, or the object itself where a request expanded it. */
export const Reference = coerce(Id, unknown(), (value) => (isObject(value) ? value["id"] : value));

/** Another object of which more than the id is read, where Stripe sends more. */
export const Expandable = <T extends { id: string }, S>(struct: Struct<T, S>) =>
  coerce(struct, unknown(), (value) => (typeof value === "string" ? { id: value } : value));

/** A customer where a request may have expanded it: then it says whether it is deleted at Stripe. */
export const ExpandedCustomer = maybe(Expandable(type({ id: Id, deleted: maybe(boolean()) })));

// The last second of the year 2999; what is later is no seconds, but milliseconds most likely.
const lastSecond = 32_503_679_999;

/** A time as Stripe has it: whole seconds since 1970. */
export const UnixSeconds = max(min(integer(), 0), lastSecond);

// JSON.parse has rounded what is larger.
const largestAmount = Number.MAX_SAFE_INTEGER;

/** An amount in the currency's minor unit, which JPY has none of: 980 is 980 yen. */
export const AmountMinor = max(min(integer(), 0), largestAmount);

/** A currency as Stripe has it: https://docs.stripe.com/currencies */
export const Currency = pattern(string(), /^[a-z]{3}$/);

/** A number of things, such as attempts. */
export const Count = max(min(integer(), 0), Number.MAX_SAFE_INTEGER);

/** What Homebiyori's billing service puts on a subscription, and Stripe copies onto its invoices: https://docs.stripe.com/api/metadata */
export const Metadata = type({ user_id: optional(size(string(), 1, 500)) });
