import {
  array,
  coerce,
  defaulted,
  enums,
  type Infer,
  integer,
  max,
  min,
  object,
  optional,
  string,
  type Struct,
  validate,
} from "superstruct";
import { StripeError } from "./stripe-error.ts";

const whole = (struct: Struct<number, null>) => coerce(struct, string(), (text) => (text === "" ? text : Number(text)));

const Seconds = optional(whole(min(integer(), 0)));

const expand = defaulted(array(string()), []);

const page = {
  limit: defaulted(whole(max(min(integer(), 1), 100)), 10),
  starting_after: optional(string()),
  created: optional(object({ gt: Seconds, gte: Seconds, lt: Seconds, lte: Seconds })),
  expand,
};

/** The parameters of a call about one object. */
export const RetrieveParameters = object({ expand });

const subscriptionStatuses = ["active", "canceled", "incomplete", "incomplete_expired", "past_due", "paused"] as const;

/** The parameters of a list of subscriptions. */
export const SubscriptionParameters = object({
  ...page,
  customer: optional(string()),
  status: optional(enums([...subscriptionStatuses, "trialing", "unpaid", "all", "ended"])),
});

/** The parameters of a list of invoices. */
export const InvoiceParameters = object({
  ...page,
  customer: optional(string()),
  subscription: optional(string()),
  status: optional(enums(["draft", "open", "paid", "uncollectible", "void"])),
});

/** The parameters of a list of events. */
export const EventParameters = object({ ...page, type: optional(string()), types: optional(array(string())) });

/** The parameters of a list of refunds, or of disputes. */
export const ReversalParameters = object({
  ...page,
  charge: optional(string()),
  payment_intent: optional(string()),
});

/** The parameters that all lists have. */
export type Page = Pick<Infer<typeof EventParameters>, keyof typeof page>;

/**
 * Reads the parameters of a call, such as `created[gte]=5` and `expand[]=customer`.
 *
 * @throws {StripeError} as Stripe refuses one that it does not know, or that has no such value.
 */
export const readParameters = <T, S>(search: URLSearchParams, struct: Struct<T, S>): T => {
  const [error, parameters] = validate(nested(search), struct, { coerce: true });
  if (!error) return parameters;
  const { path, message, type } = error;
  const [first = "", ...rest] = path.map(String);
  const param = first + rest.map((key) => `[${key}]`).join("");
  if (type === "never")
    throw new StripeError(400, `Received unknown parameter: ${param}`, { code: "parameter_unknown", param });
  const expected = message.replace(/^At path: .* -- /, "").replace(/,? but received.*$/s, "");
  throw new StripeError(400, `Invalid ${param}: ${expected}`, { param });
};

const nested = (search: URLSearchParams): Record<string, unknown> => {
  const parameters: Record<string, unknown> = {};
  for (const [name, value] of search) {
    const [, key = name, index] = /^(\w+)\[(\w*)\]$/.exec(name) ?? [];
    const before = parameters[key];
    if (index === undefined) parameters[key] = value;
    // The SDK numbers a list's elements.
    else if (/^\d*$/.test(index)) parameters[key] = [...(Array.isArray(before) ? before : []), value];
    else parameters[key] = { ...Object(before), [index]: value };
  }
  return parameters;
};
