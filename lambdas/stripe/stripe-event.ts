import { boolean, literal, record, string, type, unknown, type Infer, type Struct } from "superstruct";
import { Id, maybe, UnixSeconds } from "./shapes.ts";

/**
 * EventBridge's envelope around a Stripe snapshot event whose `data.object` is of the given shape.
 *
 * https://docs.stripe.com/event-destinations/eventbridge
 */
export const envelope = <T, S>(object: Struct<T, S>) => type({ detail: stripeEvent(object) });

const stripeEvent = <T, S>(object: Struct<T, S>) =>
  type({
    id: Id,
    // A thin event ("v2.core.event") carries no object to read.
    object: literal("event"),
    type: string(),
    created: UnixSeconds,
    livemode: maybe(boolean()),
    // The connected account that the event is of, on a platform: https://docs.stripe.com/connect/webhooks
    account: maybe(Id),
    data: type({ object, previous_attributes: maybe(record(string(), unknown())) }),
  });

/** A Stripe event, once its envelope is taken off. */
export type StripeEvent<T> = Omit<Infer<ReturnType<typeof stripeEvent>>, "data"> & {
  data: { object: T; previous_attributes?: Record<string, unknown> | null | undefined };
};
