import type { Json } from "../../local/sample-events.ts";

/** An event as it comes off the bus. */
export const onTheBus = (event: Json): Json => ({
  version: "0",
  id: "7f3f2c5e-0000-4000-8000-000000000000",
  "detail-type": event["type"],
  source: "homebiyori.stripe.test",
  account: "123456789012",
  time: "2026-01-01T00:00:00Z",
  region: "ap-northeast-1",
  resources: [],
  detail: event,
});

/** An event on the bus, and the user that it was found to be of. */
export const ofUser = (userId: string, event: Json): Json => ({
  ...onTheBus(event),
  customer: { outcome: "found", userId, customerId: "cus_sample", subscriptionId: "sub_sample", reason: null },
});
