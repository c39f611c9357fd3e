import type { Json } from "../../samples/stripe-objects.ts";

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

/** The ARN of the execution that gives Lambdas their input in tests. */
export const sampleExecution = "arn:aws:states:ap-northeast-1:123456789012:express:a-machine:an-execution:1";

/** What a state gives its Lambda of an execution's data. */
export const taskInput = (event: unknown): Json => ({ event, execution: sampleExecution });

/** What a state gives its Lambda once the event's user is found. */
export const ofUser = (userId: string, event: Json): Json =>
  taskInput({
    ...onTheBus(event),
    customer: { outcome: "found", userId, customerId: "cus_sample", subscriptionId: "sub_sample", reason: null },
  });
