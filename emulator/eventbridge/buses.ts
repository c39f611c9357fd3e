import { optional, string, type } from "superstruct";
import type { Archive } from "./archives.ts";
import { assertAllowed, deliver, type Delivery, type DeliveryArgs, deliverToTarget } from "./delivery.ts";
import { throttled } from "./errors.ts";
import { eventsFrom, ruleMetric } from "./metrics.ts";
import { EmulatorError } from "../graph/errors.ts";
import { type Graph, ofType } from "../graph/graph.ts";
import { validateInputs } from "../graph/validate-inputs.ts";
import type { Queue } from "../sqs/queue.ts";
import { type Target, targetsOf } from "./targets.ts";

/** The buses of a graph. */
export interface EventBuses {
  /** Puts an event on the partner bus of its source, or else on the first bus, and returns its delivery to each target. */
  put(event: unknown): Promise<Delivery[]>;
  /** Puts an event of an archive on its bus again, for these rules alone, or for all. */
  replay(event: unknown, archive: Archive, ruleArns?: string[]): Promise<Delivery[]>;
}

const Bus = type({ name: string(), eventSourceName: optional(string()) });

/** What the buses are made with. */
export interface EventBusesArgs extends DeliveryArgs {
  graph: Graph;
  queues: Queue[];
  archives: Archive[];
}

/** Makes the buses of a graph with their rules and targets; refuses what the emulator does not run as AWS does. */
export const makeEventBuses = (args: EventBusesArgs): EventBuses => {
  const { graph, queues, archives } = args;
  const targets = targetsOf(graph, queues);
  const buses = new Map(
    ofType(graph, "aws:cloudwatch/eventBus:EventBus").map(({ name, inputs, outputs }) => {
      const arn = `${outputs["arn"]}`;
      return [arn, { ...validateInputs(inputs, Bus, `bus ${name}`), arn }];
    }),
  );
  const partnerBuses = [...buses.values()].filter(({ eventSourceName }) => eventSourceName);
  const entry = partnerBuses[0] ?? [...buses.values()][0];
  if (!entry) throw new EmulatorError("The program makes no event bus");
  // With a partner bus every event arrives there: on that of its source if there are several.
  const entryOf = (event: unknown) =>
    partnerBuses.find(({ eventSourceName }) => eventSourceName === Object(event).source) ?? entry;

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
