import { number, object, string } from "superstruct";
import { type Graph, ofType } from "../graph/graph.ts";
import { validateInputs } from "../graph/validate-inputs.ts";
import type { Clock } from "../time/clock.ts";

/** An event in an archive. */
export interface ArchivedEvent {
  json: string;
  /** The envelope's own time, by which a replay selects it, in milliseconds since 1970. */
  time: number;
}

/** An archive: the events that arrived on a bus, to be replayed. */
export interface Archive {
  name: string;
  arn: string;
  /** The bus whose events it keeps, and the only one that they can be replayed to. */
  busArn: string;
  retentionDays: number;
  /** When it was made, in milliseconds since 1970. */
  createdAt: number;
  keep(event: unknown): void;
  /** The events that are not expired. */
  events(): ArchivedEvent[];
}

// More would fill the memory, so the oldest events are dropped; AWS has no such limit.
const maxBytes = 64 * 1024 * 1024;

const ArchiveInputs = object({ name: string(), eventSourceArn: string(), retentionDays: number() });

/** Makes the archives of a graph, empty; each keeps an event for its retention, counted from when it arrived, and 64 MiB at most. */
export const makeArchives = (graph: Graph, clock: Clock): Archive[] =>
  ofType(graph, "aws:cloudwatch/eventArchive:EventArchive").map(({ name: logicalName, inputs, outputs }) => {
    const { name, eventSourceArn, retentionDays } = validateInputs(inputs, ArchiveInputs, `archive ${logicalName}`);
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
        for (let [oldest] = kept; oldest && (bytes > maxBytes || oldest.until <= clock.now()); [oldest] = kept) {
          bytes -= oldest.bytes;
          kept.shift();
        }
      },
      events: () => kept.filter(({ until }) => until > clock.now()),
    };
  });

const day = 24 * 3600 * 1000;

// An envelope that was posted may hold any time.
const timeOf = (event: unknown, clock: Clock): number => {
  const time = Date.parse(Object(event).time);
  return Number.isNaN(time) ? clock.now() : time;
};
