import { array, type Infer, object } from "superstruct";
import { awsCall, type AwsCalls, AwsError } from "../protocol/aws-call.ts";
import { busArnsOf, type PutEvents, PutEventsEntry } from "../stepfunctions/tasks/put-events.ts";
import type { Graph } from "../graph/graph.ts";
import type { Envelope } from "./envelope.ts";
import { assertTaken, putEntry } from "./put-events.ts";
import { replayCalls, type ReplayCallsArgs } from "./replay-api.ts";

/** What the calls are made on. */
export interface EventCallsArgs extends ReplayCallsArgs {
  /** Puts an event on a bus; throws an `AwsError` for one that it does not take, and resolves once the event is handled. */
  take(event: Envelope): Promise<unknown>;
}

const PutEventsInput = object({ Entries: array(PutEventsEntry) });

type PutEventsInput = Infer<typeof PutEventsInput>;

/** EventBridge's calls on the buses, the archives and their replays: https://docs.aws.amazon.com/eventbridge/latest/APIReference/. */
export const eventCalls = (args: EventCallsArgs): AwsCalls => ({
  ...replayCalls(args),
  "AWSEvents.PutEvents": awsCall(
    PutEventsInput,
    (input) => busArnOf(input, args),
    (input) => {
      assertTaken(input.Entries);
      // As in AWS, the answer does not wait until the event is handled.
      const put = { graph: args.graph, now: Date.now(), take: (event: Envelope) => void args.take(event) };
      const Entries = input.Entries.map((entry) => putEntry(entry, put));
      return { FailedEntryCount: Entries.filter((result) => "ErrorCode" in result).length, Entries };
    },
  ),
});

/** The call by which a Lambda puts events on the buses of a graph. */
export const publishCalls = (putEvents: PutEvents, graph: Graph): AwsCalls => ({
  "AWSEvents.PutEvents": awsCall(
    PutEventsInput,
    ({ Entries }) => busArnsOf(Entries, graph),
    ({ Entries }, caller) => putEvents({ entries: Entries, caller }),
  ),
});

const busArnOf = ({ Entries }: PutEventsInput, { graph }: EventCallsArgs): string => {
  const [bus, ...others] = busArnsOf(Entries, graph);
  if (bus === undefined || others.length > 0)
    throw new AwsError("ValidationException", "The emulator takes one bus a call");
  return bus;
};
