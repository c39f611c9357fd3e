import type { Archive, ArchivedEvent } from "./archives.ts";
import type { Clock } from "../time/clock.ts";
import type { Envelope } from "./envelope.ts";
import { makeKeyedQueue } from "../time/keyed-queue.ts";

/** A replay of an archive: its arguments and its progress. Times are in milliseconds since 1970. */
export interface Replay {
  name: string;
  description: string | undefined;
  archive: Archive;
  /** The rules that get the events, by their ARNs; undefined for all of the bus. */
  ruleArns: string[] | undefined;
  from: number;
  to: number;
  state: "STARTING" | "RUNNING" | "CANCELLING" | "COMPLETED" | "CANCELLED" | "FAILED";
  reason: string | undefined;
  startedAt: number;
  endedAt: number | undefined;
  /** The time in the newest event that was replayed; undefined before the first. */
  lastReplayed: number | undefined;
  /** Resolves once it has ended, in whatever state. */
  done: Promise<void>;
}

/** What a replay is started with. */
export type ReplayArgs = Pick<Replay, "name" | "description" | "archive" | "ruleArns" | "from" | "to">;

/** The replays of all archives. */
export interface Replays {
  archives: Archive[];
  /** All replays so far, by name. */
  all: ReadonlyMap<string, Replay>;
  start(args: ReplayArgs): Replay;
  /** Stops a replay from putting more events; those that it has put go on. */
  cancel(replay: Replay): void;
  /** Cancels all, and waits until they have ended. */
  stop(): Promise<void>;
}

/** Whether a replay has not ended yet. */
export const isActive = ({ state }: Replay): boolean => state === "STARTING" || state === "RUNNING";

const minute = 60_000;
const concurrency = 16;

type Put = (event: Envelope, replay: Replay) => Promise<void>;

/** Makes replays that hand their events to `put`, minute by minute of the events' own time, and those of a minute in any order. */
export const makeReplays = (archives: Archive[], clock: Clock, put: Put): Replays => {
  const all = new Map<string, Replay>();

  const cancel = (replay: Replay): void => {
    replay.state = "CANCELLING";
  };

  return {
    archives,
    all,
    start: (args) => {
      const replay: Replay = {
        ...args,
        state: "STARTING",
        reason: undefined,
        startedAt: clock.now(),
        endedAt: undefined,
        lastReplayed: undefined,
        done: Promise.resolve(),
      };
      all.set(replay.name, replay);
      replay.done = run(replay, put).finally(() => {
        replay.endedAt = clock.now();
      });
      return replay;
    },
    cancel,
    stop: async () => {
      for (const replay of all.values()) if (isActive(replay)) cancel(replay);
      await Promise.all([...all.values()].map(({ done }) => done));
    },
  };
};

const run = async (replay: Replay, put: Put): Promise<void> => {
  // The call that starts it is answered first.
  await new Promise(setImmediate);
  if (replay.state === "STARTING") replay.state = "RUNNING";
  const wanted = replay.archive.events().filter(({ time }) => time >= replay.from && time < replay.to);
  const byMinute = Map.groupBy(wanted, ({ time }) => Math.floor(time / minute));
  try {
    for (const [, events] of [...byMinute].toSorted(([a], [b]) => a - b)) await putAll(replay, events, put);
    replay.state = replay.state === "RUNNING" ? "COMPLETED" : "CANCELLED";
  } catch (error) {
    replay.state = "FAILED";
    replay.reason = `${error}`;
  }
};

const putAll = async (replay: Replay, events: ArchivedEvent[], put: Put): Promise<void> => {
  const queue = makeKeyedQueue(concurrency);
  // In reverse, so that a consumer that relies on the order is found out.
  const puts = events.toReversed().map(({ json, time }, index) =>
    queue(`${index}`, async () => {
      if (replay.state !== "RUNNING") return;
      // An archive has envelopes only.
      const event: Envelope = { ...JSON.parse(json), "replay-name": replay.name };
      await put(event, replay);
      replay.lastReplayed = Math.max(time, replay.lastReplayed ?? time);
    }),
  );
  await Promise.all(puts);
};
