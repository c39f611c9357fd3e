/** The source of events that stacks without Stripe are given, by `PutEvents`. */
export const testSource = "homebiyori.stripe.test";
