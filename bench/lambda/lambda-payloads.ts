import { typesByLambda } from "../../infra/processing/definition.ts";
import { sampleOf } from "../../samples/events.ts";
import { subjectOf } from "../../samples/month.ts";

/** What is put in the place of this text makes a payload that is like no other. */
export const tag = "@@";

const subject = subjectOf(tag, 1_767_225_600);

// What `resolve-customer` has put there for those after it.
const customer = {
  outcome: "found",
  userId: subject.userId,
  customerId: subject.customer,
  subscriptionId: subject.subscription,
  reason: null,
};

// What a Lambda before it has put there: a payment is on the bus.
const published = {
  marks: [{ table: "payments", PK: `INVOICE#in_${tag}`, SK: "SUCCEEDED", from: 0, through: 1 }],
};

const payload = (name: string, eventType: string): string => {
  const { event } = sampleOf(eventType, subject);
  return JSON.stringify({
    event: name === "mark-published" ? published : { "detail-type": eventType, detail: event, customer },
    execution: "arn:aws:states:ap-northeast-1:123456789012:express:bench:bench:1",
  });
};

/** What each Lambda is called with, as JSON: an event that comes for the first time. */
export const payloads: Record<string, string> = Object.fromEntries(
  [...typesByLambda()].map(([name, eventType]) => [name, payload(name, eventType)]),
);

/** The Lambdas' names. */
export const lambdaNames: readonly string[] = Object.keys(payloads);
