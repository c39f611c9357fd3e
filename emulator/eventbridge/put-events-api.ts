import { randomUUID } from "node:crypto";
import { array, type Infer, object, optional, size, string } from "superstruct";
import type { AwsApiArgs, AwsCall } from "../aws-api.ts";
import { AwsError, inputOf } from "../protocol/aws-call.ts";
import { NotAnEvent, toEnvelope } from "../../local/stripe-envelope.ts";
import { jsonOf } from "../../lambdas/dynamodb/json-of.ts";

const Entry = object({
  EventBusName: string(),
  Source: optional(string()),
  DetailType: optional(string()),
  Detail: optional(string()),
});

const PutEvents = object({ Entries: size(array(Entry), 1, 10) });

type Result = { EventId: string } | { ErrorCode: string; ErrorMessage: string };

/** EventBridge's call that puts events on a bus: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html. */
export const putEvents = (args: AwsApiArgs): AwsCall => ({
  resource: (value) => {
    const [bus, ...others] = new Set(inputOf(value, PutEvents).Entries.map(({ EventBusName }) => EventBusName));
    if (bus === undefined || others.length > 0)
      throw new AwsError("ValidationException", "The runner takes one bus a call");
    return bus.startsWith("arn:") ? bus : `arn:aws:events:${args.graph.region}:${args.graph.account}:event-bus/${bus}`;
  },
  answer: (value) => {
    const Entries = inputOf(value, PutEvents).Entries.map((entry) => put(entry, args));
    return { FailedEntryCount: Entries.filter((result) => "ErrorCode" in result).length, Entries };
  },
});

const put = ({ Source, DetailType, Detail }: Infer<typeof Entry>, args: AwsApiArgs): Result => {
  if (!Source || !DetailType || Detail === undefined) {
    return failed("InvalidArgument", "Source, DetailType and Detail are required.");
  }
  if (Source.startsWith("aws."))
    return failed("NotAuthorizedForSourceException", `Not authorized for the source ${Source}.`);
  const detail = jsonOf(Detail);
  if (detail === undefined) return failed("MalformedDetail", "Detail is malformed.");
  const { account, region } = args.graph;
  try {
    const EventId = randomUUID();
    const time = new Date().toISOString().replace(/\.\d+/, "");
    const wrapped = { id: EventId, "detail-type": DetailType, source: Source, time, detail };
    // As in AWS, it is taken before it is handled.
    void args.take(toEnvelope(wrapped, { eventSource: Source, keepSource: true, account, region }));
    return { EventId };
  } catch (error) {
    if (error instanceof NotAnEvent)
      throw new AwsError("ValidationException", `The runner takes Stripe's events: ${error.message}`);
    throw error;
  }
};

const failed = (ErrorCode: string, ErrorMessage: string): Result => ({ ErrorCode, ErrorMessage });
