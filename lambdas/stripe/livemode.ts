/**
 * Why an event is not one that a stack takes which takes live ones only; null if it is.
 *
 * Stripe puts the mode on every event: https://docs.stripe.com/api/events/object#event_object-livemode
 */
export const modeProblem = (event: { livemode?: boolean | null | undefined }, liveOnly: boolean): string | null =>
  !liveOnly || event.livemode === true
    ? null
    : "The event is of Stripe's test mode, and this stack takes live events only";
