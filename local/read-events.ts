import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { type Arrival, NotAnEvent, type StripeEnvelope, toEnvelope } from "./stripe-envelope.ts";
import { readJson } from "../emulator/graph/json.ts";

/** Events of files in order, and why others could not be read. */
export interface EventBatch {
  events: StripeEnvelope[];
  problems: string[];
}

// All at once would fill the memory; a file is read as a whole.
const batchSize = 1000;

/** Reads the events of files and of all `*.json` in directories, those sorted by path, a thousand or so at a time. */
export const readEvents = function* (paths: string[], arrival: Arrival): Generator<EventBatch> {
  let batch: EventBatch = { events: [], problems: [] };
  for (const path of paths) {
    const files = attempt(batch, path, () => filesOf(path)) ?? [];
    for (const file of files) {
      const content = attempt(batch, file, () => readJson(readFileSync(file, "utf8")));
      if (content === undefined) continue;
      const { values, isList } = valuesOf(content);
      for (const [index, value] of values.entries()) {
        const event = attempt(batch, isList ? `${file}[${index}]` : file, () => toEnvelope(value, arrival));
        if (event) batch.events.push(event);
      }
      if (batch.events.length < batchSize) continue;
      yield batch;
      batch = { events: [], problems: [] };
    }
  }
  yield batch;
};

const attempt = <T>(batch: EventBatch, where: string, run: () => T): T | undefined => {
  try {
    return run();
  } catch (error) {
    const isExpected = error instanceof NotAnEvent || error instanceof SyntaxError || "code" in Object(error);
    if (!isExpected || !(error instanceof Error)) throw error;
    batch.problems.push(isMissing(error) ? `there is no file ${where}` : `${where}: ${error.message}`);
    return undefined;
  }
};

const isMissing = (error: Error): boolean => "code" in error && error.code === "ENOENT";

const filesOf = (path: string): string[] => {
  if (!statSync(path).isDirectory()) return [path];
  const names = readdirSync(path, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".json"));
  if (names.length === 0) throw new NotAnEvent("the directory has no *.json file");
  return names.toSorted().map((name) => join(path, name));
};

const valuesOf = (content: unknown): { values: unknown[]; isList: boolean } => {
  if (Array.isArray(content)) return { values: content, isList: true };
  const events: unknown = Object(content).events;
  return Array.isArray(events) ? { values: events, isList: true } : { values: [content], isList: false };
};
