/** The summary of a reconciliation that has compared nothing. */
export const noDifferences = {
  pages: 0,
  compared: 0,
  equal: 0,
  confirmed: 0,
  healed: { subscriptions: 0, payments: 0, failedPayments: 0, paymentIntents: 0, refunds: 0, disputes: 0 },
  newer: 0,
  unknownCustomers: 0,
  deletedCustomers: 0,
  noneOfOurs: 0,
  refused: 0,
  failed: 0,
};
