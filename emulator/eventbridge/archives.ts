import { number, object, string } from "superstruct";
import { checked } from "../graph/checked.ts";
import type { Clock } from "../time/clock.ts";
import { type Graph, ofType } from "../graph/load.ts";

/** An event in an archive. */
export interface ArchivedEvent {
  json: string;
  /** The envelope's own time, which is what a replay goes by, in milliseconds since 1970. */
  time: number;
}

/** An archive of a bus: what arrived on it, to be replayed. */
export interface Archive {
  name: string;
  arn: string;
  /** The bus whose events it keeps, and the only one that they can be replayed to. */
  busArn: string;
  retentionDays: number;
  /** When it was made, in milliseconds since 1970. */
  createdAt: number;
  keep(event: unknown): void;
  /** What it still has. */
  events(): ArchivedEvent[];
}

// More would fill the memory, so the oldest go; AWS knows no such limit.
const mostBytes = 64 * 1024 * 1024;

const ArchiveInputs = object({ name: string(), eventSourceArn: string(), retentionDays: number() });

/** Makes the archives of a graph, empty; each keeps an event for its retention, counted from when it arrived, and 64 MiB at most. */
export const makeArchives = (graph: Graph, clock: Clock): Archive[] =>
  ofType(graph, "aws:cloudwatch/eventArchive:EventArchive").map(({ name: logicalName, inputs, outputs }) => {
    const { name, eventSourceArn, retentionDays } = checked(inputs, ArchiveInputs, `archive ${logicalName}`);
    const kept: (ArchivedEvent & { bytes: number; until: number })[] = [];
    let bytes = 0;
    return {
      name,
      arn: `${outputs["arn"]}`,
      busArn: eventSourceArn,
      retentionDays,
      createdAt: clock.now(),
      keep: (event) => {
        const json = JSON.stringify(event);
        const size = Buffer.byteLength(json);
        kept.push({ json, time: timeOf(event, clock), bytes: size, until: clock.now() + retentionDays * day });
        bytes += size;
        for (let [oldest] = kept; oldest && (bytes > mostBytes || oldest.until <= clock.now()); [oldest] = kept) {
          bytes -= oldest.bytes;
          kept.shift();
        }
      },
      events: () => kept.filter(({ until }) => until > clock.now()),
    };
  });

const day = 24 * 3600 * 1000;

// Whoever hands in an envelope may have written anything there.
const timeOf = (event: unknown, clock: Clock): number => {
  const time = Date.parse(Object(event).time);
  return Number.isNaN(time) ? clock.now() : time;
};
