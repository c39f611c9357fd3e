import { randomUUID } from "node:crypto";
import { array, type Infer, object, optional, size, string } from "superstruct";
import { parseJson } from "../graph/json.ts";
import { awsCall, type AwsCalls, AwsError } from "../protocol/aws-call.ts";
import type { Envelope } from "./envelope.ts";
import { replayCalls, type ReplayCallsArgs } from "./replay-api.ts";

/** What the calls are made on. */
export interface EventCallsArgs extends ReplayCallsArgs {
  /** Puts an event on a bus; throws an `AwsError` for one that it does not take, and resolves once the event is handled. */
  take(event: Envelope): Promise<unknown>;
}

const Entry = object({
  EventBusName: string(),
  Source: optional(string()),
  DetailType: optional(string()),
  Detail: optional(string()),
});

const PutEvents = object({ Entries: size(array(Entry), 1, 10) });

type Result = { EventId: string } | { ErrorCode: string; ErrorMessage: string };

/** EventBridge's calls on the buses, the archives and their replays: https://docs.aws.amazon.com/eventbridge/latest/APIReference/. */
export const eventCalls = (args: EventCallsArgs): AwsCalls => ({
  ...replayCalls(args),
  "AWSEvents.PutEvents": awsCall(
    PutEvents,
    ({ Entries }) => busArnOf(Entries, args),
    (input) => {
      const Entries = input.Entries.map((entry) => put(entry, args));
      return { FailedEntryCount: Entries.filter((result) => "ErrorCode" in result).length, Entries };
    },
  ),
});

const busArnOf = (entries: Infer<typeof Entry>[], { graph }: EventCallsArgs): string => {
  const [bus, ...others] = new Set(entries.map(({ EventBusName }) => EventBusName));
  if (bus === undefined || others.length > 0)
    throw new AwsError("ValidationException", "The emulator takes one bus a call");
  return bus.startsWith("arn:") ? bus : `arn:aws:events:${graph.region}:${graph.account}:event-bus/${bus}`;
};

const put = ({ Source, DetailType, Detail }: Infer<typeof Entry>, args: EventCallsArgs): Result => {
  if (!Source || !DetailType || Detail === undefined) {
    return failed("InvalidArgument", "Source, DetailType and Detail are required.");
  }
  if (Source.startsWith("aws."))
    return failed("NotAuthorizedForSourceException", `Not authorized for the source ${Source}.`);
  const detail = parseJson(Detail);
  if (detail === undefined) return failed("MalformedDetail", "Detail is malformed.");
  const EventId = randomUUID();
  const envelope = {
    version: "0",
    id: EventId,
    "detail-type": DetailType,
    source: Source,
    account: args.graph.account,
    time: new Date().toISOString().replace(/\.\d+/, ""),
    region: args.graph.region,
    resources: [],
    detail,
  };
  // As in AWS, the answer does not wait until the event is handled.
  void args.take(envelope);
  return { EventId };
};

const failed = (ErrorCode: string, ErrorMessage: string): Result => ({ ErrorCode, ErrorMessage });
