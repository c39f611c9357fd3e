/** Where an event comes from: https://docs.stripe.com/api/events/object */
export interface Origin {
  livemode?: boolean | null | undefined;
  account?: string | null | undefined;
}

/** Why a live-only stack rejects this event, or null. */
export const rejectTestMode = ({ livemode }: Origin, liveOnly: boolean): string | null =>
  !liveOnly || livemode === true ? null : "The event is of Stripe's test mode, and this stack takes live events only";

/** Why the event of a connected account is skipped, or null: what a platform's accounts sell is not what this account sells. */
export const skipConnectedAccount = ({ account }: Origin): string | null =>
  typeof account === "string" ? `The event is of the connected account ${account}` : null;
