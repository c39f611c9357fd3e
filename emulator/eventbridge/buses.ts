import { optional, string, type } from "superstruct";
import type { Archive } from "./archives.ts";
import { assertAllowed, deliver, type Delivery, type DeliveryArgs, deliverToTarget } from "./delivery.ts";
import { throttled } from "./errors.ts";
import { eventsFrom, ruleMetric } from "./metrics.ts";
import { EmulatorError } from "../graph/errors.ts";
import { type Graph, ofType } from "../graph/graph.ts";
import { validateInputs } from "../graph/validate-inputs.ts";
import type { Envelope } from "./envelope.ts";
import type { Queue } from "../sqs/queue.ts";
import { type Target, targetsOf } from "./targets.ts";

/** The buses of a graph. */
export interface EventBuses {
  /** Puts an event on the partner bus of its source, or else on the entry bus, and returns its delivery to each target. */
  put(event: unknown): Promise<Delivery[]>;
  /** Puts an event of an archive on its bus again, for these rules alone, or for all. */
  replay(event: unknown, archive: Archive, ruleArns?: string[]): Promise<Delivery[]>;
  /** Puts an event on the bus of this ARN, and delivers it in the background; if there is none it is delivered to no target. */
  publish(busArn: string, event: Envelope): void;
}

const Bus = type({ name: string(), eventSourceName: optional(string()) });

/** What the buses are made with. */
export interface EventBusesArgs extends DeliveryArgs {
  graph: Graph;
  queues: Queue[];
  archives: Archive[];
  /** The logical name of the bus that events arrive on where no partner bus is; without it, it is the first one. */
  entryBus?: string | undefined;
  /** Gets each event that is published, and the name of its bus. */
  onPublished?: ((event: Envelope, busName: string) => void) | undefined;
  /** Follows the deliveries of what is published to their end. */
  follow: (deliveries: Promise<Delivery[]>) => void;
}

/** Makes the buses of a graph with their rules and targets; refuses what the emulator does not run as AWS does. */
export const makeEventBuses = (args: EventBusesArgs): EventBuses => {
  const { graph, queues, archives } = args;
  const targets = targetsOf(graph, queues);
  const { buses, entryOf } = busesOf(args);

  const deliverBy = async (rules: Target[], event: unknown): Promise<Delivery[]> => {
    const deliveries = rules.map(async (target) => {
      args.metrics.put(ruleMetric(target, "TriggeredRules"));
      const nextBus = buses.get(target.arn);
      return nextBus ? forward(target, nextBus, event) : deliverToTarget(target, event, args);
    });
    return (await Promise.all(deliveries)).flat();
  };

  const matching = (busName: string | undefined, event: unknown): Target[] =>
    targets.filter((target) => target.busName === busName && target.matches(event));

  const putOn = async ({ name, arn }: { name: string; arn: string }, event: unknown): Promise<Delivery[]> => {
    for (const archive of archives.filter(({ busArn }) => busArn === arn)) archive.keep(event);
    return deliverBy(matching(name, event), event);
  };

  const forward = (target: Target, bus: { name: string; arn: string }, event: unknown): Promise<Delivery[]> =>
    deliver(target, event, args, async () => {
      assertAllowed(target, "events:PutEvents", args.permissions);
      const eventId = args.eventIdOf(event);
      if (args.inject("forward", eventId, eventId, target.name))
        throw throttled("the event cannot be put on the next bus now");
      return putOn(bus, event);
    });

  return {
    put: (event) => {
      const bus = entryOf(event);
      if (bus.eventSourceName) args.metrics.put(eventsFrom(bus.eventSourceName));
      return putOn(bus, event);
    },
    // Other services get it, and what they do with it takes no time of this program's.
    publish: (busArn, event) => {
      const bus = buses.get(busArn);
      // https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsResultEntry.html has no error for a bus that is not there.
      if (!bus) return;
      args.onPublished?.(event, bus.name);
      args.follow(args.clock.runInBackground(() => putOn(bus, event)));
    },
    // It is not archived again, and not forwarded to another bus.
    replay: (event, { busArn }, ruleArns) => {
      const rules = matching(buses.get(busArn)?.name, event);
      return deliverBy(
        rules.filter(({ ruleArn }) => ruleArns?.includes(ruleArn) ?? true),
        event,
      );
    },
  };
};

const busesOf = ({ graph, entryBus }: EventBusesArgs) => {
  const buses = new Map(
    ofType(graph, "aws:cloudwatch/eventBus:EventBus").map(({ name, inputs, outputs }) => {
      const arn = `${outputs["arn"]}`;
      return [arn, { ...validateInputs(inputs, Bus, `bus ${name}`), arn, logicalName: name }];
    }),
  );
  const partnerBuses = [...buses.values()].filter(({ eventSourceName }) => eventSourceName);
  const custom = [...buses.values()];
  const entry = partnerBuses[0] ?? custom.find(({ logicalName }) => logicalName === entryBus) ?? custom[0];
  if (!entry) throw new EmulatorError("The program makes no event bus");
  // With a partner bus every event arrives there: on that of its source if there are several.
  const entryOf = (event: unknown) =>
    partnerBuses.find(({ eventSourceName }) => eventSourceName === Object(event).source) ?? entry;
  return { buses, entryOf };
};
