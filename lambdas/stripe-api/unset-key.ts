/** What the Pulumi program puts in the Stripe key's place, until it is set by hand. */
export const unsetKey = "not set yet";
