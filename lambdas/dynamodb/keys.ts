/** The sort key of every user's subscription item in the core table. */
export const subscriptionSortKey = "SUBSCRIPTION";

/** The key of a user's subscription item in the core table. */
export const subscriptionKey = (userId: string) => ({ PK: `USER#${userId}`, SK: subscriptionSortKey });

/** The key of the item of one of a user's subscriptions that the subscription item has no room for. */
export const overflowKey = (userId: string, subscriptionId: string) => ({
  PK: `USER#${userId}`,
  SK: `${subscriptionSortKey}#${subscriptionId}`,
});

/** The sort key of the items that tie a Stripe customer to a user. */
export const customerSortKey = (customerId: string): string => `CUSTOMER#${customerId}`;

/** The key of the item in the core table that ties a Stripe customer to a user. */
export const customerKey = (userId: string, customerId: string) => ({
  PK: `USER#${userId}`,
  SK: customerSortKey(customerId),
});

/** The user whose items have this partition key in the core table; null where it is that of something else. */
export const userOf = (partitionKey: string): string | null =>
  partitionKey.startsWith("USER#") ? partitionKey.slice("USER#".length) : null;

/** The partition key of all payments of an invoice in the payments table. */
export const invoicePartition = (invoiceId: string): string => `INVOICE#${invoiceId}`;

/** The key of an invoice's successful payment. */
export const succeededKey = (invoiceId: string) => ({ PK: invoicePartition(invoiceId), SK: "SUCCEEDED" });

/** What the sort keys of failed attempts begin with. */
export const failedSortKeys = "FAILED#";

/** The key of a failed attempt at an invoice: by when it failed, as Stripe's count of attempts stands still for those by hand. */
export const failedKey = (invoiceId: string, failedAt: number, attemptCount: number) => ({
  PK: invoicePartition(invoiceId),
  SK: `${failedSortKeys}${failedAt}#${attemptCount}`,
});

/** The key of the refunds and disputes of a payment, by its payment intent, or by its charge where it has none. */
export const reversalsKey = (paymentId: string) => ({ PK: `PAYMENT#${paymentId}`, SK: "REVERSALS" });
