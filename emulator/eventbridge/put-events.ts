import { randomUUID } from "node:crypto";
import type { Metrics } from "../cloudwatch/metrics.ts";
import type { InjectFault } from "../faults/faults.ts";
import type { Graph } from "../graph/graph.ts";
import { isObject, parseJson } from "../graph/json.ts";
import { AwsError } from "../protocol/aws-call.ts";
import {
  busArnsOf,
  type PutEvents,
  type PutEventsEntry,
  type PutEventsResult,
} from "../stepfunctions/tasks/put-events.ts";
import { mostEntries } from "../stepfunctions/tasks/put-events-template.ts";
import { entriesMetric } from "./metrics.ts";
import type { Clock } from "../time/clock.ts";
import { type Envelope, largestEvent } from "./envelope.ts";

/** What PutEvents is made with. */
export interface PutEventsArgs {
  graph: Graph;
  clock: Clock;
  inject: InjectFault;
  metrics: Metrics;
  /** Puts an event on the bus of this ARN, and does not wait until it is delivered. */
  publish: (busArn: string, event: Envelope) => void;
}

type EntryResult = PutEventsResult["Entries"][number];

/** Makes EventBridge's PutEvents, for callers whose permissions are checked already. */
export const makePutEvents =
  ({ graph, clock, inject, metrics, publish }: PutEventsArgs): PutEvents =>
  ({ entries, caller, eventId }) => {
    assertTaken(entries);
    const key = eventId ?? entries.map(({ Detail }) => Detail).join();
    const fault = inject("publish", `${caller} ${key}`, eventId, caller);
    if (fault === "fails") throw new AwsError("InternalException", "Injected: the call fails");
    const results = entries.map((entry, index): EntryResult => {
      const injected = index === 0 && fault !== null ? entryFaults[fault] : undefined;
      if (injected) return injected;
      const [busArn = ""] = busArnsOf([entry], graph);
      const take = (event: Envelope) => (fault === "loses" ? undefined : publish(busArn, event));
      return putEntry(entry, { graph, now: clock.now(), take });
    });
    const FailedEntryCount = results.filter((result) => "ErrorCode" in result).length;
    metrics.put(entriesMetric("PutEventsEntriesCount"), entries.length);
    metrics.put(entriesMetric("PutEventsFailedEntriesCount"), FailedEntryCount);
    if (fault === "fails-after-put") throw new AwsError("InternalException", "Injected: the call is done, and fails");
    return { FailedEntryCount, Entries: results };
  };

const failed = (ErrorCode: string, ErrorMessage: string): EntryResult => ({ ErrorCode, ErrorMessage });

const missing = (name: string): EntryResult =>
  failed("InvalidArgument", `Parameter ${name} is not valid. Reason: ${name} is a required argument.`);

// https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsResultEntry.html
const entryFaults: Record<string, EntryResult> = {
  throttles: failed("ThrottlingException", "Injected: Rate exceeded"),
  errors: failed("InternalFailure", "Injected: the entry fails"),
};

/** Throws the `AwsError` of EventBridge for entries that it does not take as a whole. */
export const assertTaken = (entries: readonly PutEventsEntry[]): void => {
  if (entries.length < 1 || entries.length > mostEntries)
    throw new AwsError(
      "ValidationException",
      `There are ${entries.length} entries, and PutEvents takes 1 to ${mostEntries}`,
    );
  const bytes = entries.reduce((sum, entry) => sum + bytesOf(entry), 0);
  if (bytes > largestEvent)
    throw new AwsError("ValidationException", "Total size of the entries in the request is over the limit.");
};

// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html#eb-putevent-size
const bytesOf = ({ Source = "", DetailType = "", Detail = "", Resources = [] }: PutEventsEntry): number =>
  [Source, DetailType, Detail, ...Resources].reduce((sum, text) => sum + Buffer.byteLength(text), 0);

/** Gives the event of an entry to `take`, and returns its id; or else why EventBridge does not take the entry. */
export const putEntry = (
  { Source, DetailType, Detail, Resources = [] }: PutEventsEntry,
  { graph, now, take }: { graph: Graph; now: number; take: (event: Envelope) => void },
): EntryResult => {
  if (!Source) return missing("Source");
  if (!DetailType) return missing("DetailType");
  if (!Detail) return missing("Detail");
  if (Source.startsWith("aws."))
    return failed("NotAuthorizedForSourceException", `Not authorized for the source ${Source}.`);
  const detail = parseJson(Detail);
  if (!isObject(detail)) return failed("MalformedDetail", "Detail is malformed.");
  const id = randomUUID();
  const { account, region } = graph;
  const time = new Date(now).toISOString().replace(/\.\d+/, "");
  const about = { version: "0", id, "detail-type": DetailType, source: Source, account, time, region };
  const event = { ...about, resources: Resources, detail };
  take(event);
  return { EventId: id };
};
