/** The sort key of every user's subscription item in the core table. */
export const subscriptionSortKey = "SUBSCRIPTION";

/** The key of a user's subscription item in the core table. */
export const subscriptionKey = (userId: string) => ({ PK: `USER#${userId}`, SK: subscriptionSortKey });

/** The user whose items have this partition key in the core table; null where it is that of something else. */
export const userOf = (partitionKey: string): string | null =>
  partitionKey.startsWith("USER#") ? partitionKey.slice("USER#".length) : null;

/** The partition key of all payments of an invoice in the payments table. */
export const invoicePartition = (invoiceId: string): string => `INVOICE#${invoiceId}`;

/** The key of an invoice's successful payment. */
export const succeededKey = (invoiceId: string) => ({ PK: invoicePartition(invoiceId), SK: "SUCCEEDED" });

/** The key of an invoice's failed payment. */
export const failedKey = (invoiceId: string, attemptCount: number) => ({
  PK: invoicePartition(invoiceId),
  SK: `FAILED#${attemptCount}`,
});
