import { array, type Infer, max, min, number, object, optional, pattern, size, string } from "superstruct";
import type { Archive } from "./archives.ts";
import { type Graph, ofType } from "../graph/graph.ts";
import { awsCall, type AwsCall, type AwsCalls, AwsError } from "../protocol/aws-call.ts";
import { isActive, type Replay, type ReplayArgs, type Replays } from "./replays.ts";

const Name = (longest: number) => size(pattern(string(), /^[.\-_A-Za-z0-9]+$/), 1, longest);

// 1970 to 9999, in seconds.
const Time = max(min(number(), 0), 253_402_300_799);

const DescribeArchive = object({ ArchiveName: Name(48) });

const StartReplay = object({
  ReplayName: Name(64),
  Description: optional(size(string(), 0, 512)),
  EventSourceArn: string(),
  EventStartTime: Time,
  EventEndTime: Time,
  Destination: object({ Arn: string(), FilterArns: optional(array(string())) }),
});

const NameOnly = object({ ReplayName: Name(64) });

// https://docs.aws.amazon.com/general/latest/gr/ev.html, "Number of concurrent replays"
const maxActive = 10;

/** What the calls are made on. */
export interface ReplayCallsArgs {
  graph: Graph;
  replays: Replays;
}

/** EventBridge's calls on the archives and their replays. */
export const replayCalls = (args: ReplayCallsArgs): AwsCalls => {
  const { replays, graph } = args;
  const arnOf = (kind: string, name: string): string =>
    `arn:aws:events:${graph.region}:${graph.account}:${kind}/${name}`;
  const callOnReplay = (answer: (replay: Replay) => object): AwsCall =>
    awsCall(
      NameOnly,
      ({ ReplayName }) => arnOf("replay", ReplayName),
      ({ ReplayName }) => {
        const replay = replays.all.get(ReplayName);
        if (!replay) throw new AwsError("ResourceNotFoundException", `Replay ${ReplayName} does not exist.`);
        return { ReplayArn: arnOf("replay", ReplayName), ...answer(replay) };
      },
    );

  return {
    "AWSEvents.DescribeArchive": awsCall(
      DescribeArchive,
      ({ ArchiveName }) => arnOf("archive", ArchiveName),
      ({ ArchiveName }) => {
        const archive = replays.archives.find(({ name }) => name === ArchiveName);
        if (!archive) throw new AwsError("ResourceNotFoundException", `Archive ${ArchiveName} does not exist.`);
        return describeArchive(archive);
      },
    ),
    "AWSEvents.StartReplay": awsCall(
      StartReplay,
      // https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoneventbridge.html
      ({ EventSourceArn, Destination, ReplayName }) => [EventSourceArn, Destination.Arn, arnOf("replay", ReplayName)],
      (input) => {
        const { name, state, startedAt } = replays.start(replayArgs(args, input));
        return { ReplayArn: arnOf("replay", name), State: state, ReplayStartTime: startedAt / 1000 };
      },
    ),
    "AWSEvents.DescribeReplay": callOnReplay(describeReplay),
    "AWSEvents.CancelReplay": callOnReplay((replay) => {
      if (!isActive(replay)) {
        const message = `Replay ${replay.name} is not in a valid state for this operation.`;
        throw new AwsError("IllegalStatusException", message);
      }
      replays.cancel(replay);
      return { State: replay.state };
    }),
  };
};

const replayArgs = ({ replays, graph }: ReplayCallsArgs, input: Infer<typeof StartReplay>): ReplayArgs => {
  const { ReplayName: name, EventSourceArn, EventStartTime, EventEndTime, Destination } = input;
  const archive = replays.archives.find(({ arn }) => arn === EventSourceArn);
  if (!archive) throw invalid("EventSourceArn", `Archive ${EventSourceArn.split("/").at(-1)} does not exist.`);
  if (Destination.Arn !== archive.busArn) throw invalid("Destination.Arn", "Cross event bus replay is not permitted.");
  const unknownRule = Destination.FilterArns?.find((arn) => !rulesOf(graph, archive).includes(arn));
  if (unknownRule !== undefined) throw invalid("Destination.FilterArns", `The event bus has no rule ${unknownRule}.`);
  if (EventStartTime >= EventEndTime) throw invalid("EventEndTime", "EventStartTime must be before EventEndTime.");
  if (replays.all.has(name)) throw new AwsError("ResourceAlreadyExistsException", `Replay ${name} already exists.`);
  if ([...replays.all.values()].filter(isActive).length >= maxActive)
    throw new AwsError("LimitExceededException", `There are ${maxActive} replays at a time at most.`);
  return {
    name,
    description: input.Description,
    archive,
    ruleArns: Destination.FilterArns,
    from: 1000 * EventStartTime,
    to: 1000 * EventEndTime,
  };
};

const invalid = (parameter: string, reason: string): AwsError =>
  new AwsError("ValidationException", `Parameter ${parameter} is not valid. Reason: ${reason}`);

const rulesOf = (graph: Graph, { busArn }: Archive): string[] =>
  ofType(graph, "aws:cloudwatch/eventRule:EventRule")
    .map(({ outputs }) => `${outputs["arn"]}`)
    .filter((arn) => arn.startsWith(`${busArn.replace(":event-bus/", ":rule/")}/`));

const describeArchive = (archive: Archive): object => {
  const events = archive.events();
  return {
    ArchiveArn: archive.arn,
    ArchiveName: archive.name,
    EventSourceArn: archive.busArn,
    State: "ENABLED",
    RetentionDays: archive.retentionDays,
    SizeBytes: events.reduce((sum, { json }) => sum + Buffer.byteLength(json), 0),
    EventCount: events.length,
    CreationTime: archive.createdAt / 1000,
  };
};

const describeReplay = (replay: Replay): object => ({
  ReplayName: replay.name,
  Description: replay.description,
  State: replay.state,
  StateReason: replay.reason,
  EventSourceArn: replay.archive.arn,
  Destination: { Arn: replay.archive.busArn, FilterArns: replay.ruleArns },
  EventStartTime: replay.from / 1000,
  EventEndTime: replay.to / 1000,
  ...(replay.lastReplayed !== undefined && { EventLastReplayedTime: replay.lastReplayed / 1000 }),
  ReplayStartTime: replay.startedAt / 1000,
  ...(replay.endedAt !== undefined && { ReplayEndTime: replay.endedAt / 1000 }),
});
