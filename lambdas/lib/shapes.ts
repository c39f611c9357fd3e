import { coerce, integer, min, nonempty, nullable, optional, string, type Struct, type, unknown } from "superstruct";
import { isObject } from "./undo.ts";

/** A field that a Stripe API version may leave out or send as null. */
export const maybe = <T, S>(struct: Struct<T, S>) => optional(nullable(struct));

/** The id of a Stripe object. */
export const Id = nonempty(string());

/** The id of another object: Stripe sends the id, or the object itself where somebody had it expanded. */
export const Reference = coerce(Id, unknown(), (value) => (isObject(value) ? value["id"] : value));

/** Another object of which more than the id is read, where Stripe sends more. */
export const Expandable = <T extends { id: string }, S>(struct: Struct<T, S>) =>
  coerce(struct, unknown(), (value) => (typeof value === "string" ? { id: value } : value));

/** A time as Stripe has it: whole seconds since 1970. */
export const UnixSeconds = min(integer(), 0);

/** An amount in the currency's minor unit, which JPY has none of: 980 is 980 yen. */
export const AmountMinor = min(integer(), 0);

/** What Homebiyori's billing service puts on a subscription, and Stripe copies onto its invoices. */
export const Metadata = type({ user_id: optional(nonempty(string())) });
