import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { type Arrival, type Envelope, NotAnEvent, toEnvelope } from "./stripe-envelope.ts";
import { readJson } from "../emulator/graph/json.ts";

/** What was read of files: the events in order, and what could not be read, each with the reason. */
export interface Intake {
  events: Envelope[];
  problems: string[];
}

// All at once would fill the memory; a file is read as a whole.
const mostAtOnce = 1000;

/** Reads the events of files and of all `*.json` in directories, those sorted by path, a thousand or so at a time. */
export const readEvents = function* (paths: string[], arrival: Arrival): Generator<Intake> {
  let intake: Intake = { events: [], problems: [] };
  for (const path of paths) {
    const files = attempt(intake, path, () => filesOf(path)) ?? [];
    for (const file of files) {
      const content = attempt(intake, file, () => readJson(readFileSync(file, "utf8")));
      if (content === undefined) continue;
      const { values, isList } = valuesOf(content);
      for (const [index, value] of values.entries()) {
        const event = attempt(intake, isList ? `${file}[${index}]` : file, () => toEnvelope(value, arrival));
        if (event) intake.events.push(event);
      }
      if (intake.events.length < mostAtOnce) continue;
      yield intake;
      intake = { events: [], problems: [] };
    }
  }
  yield intake;
};

const attempt = <T>(intake: Intake, where: string, run: () => T): T | undefined => {
  try {
    return run();
  } catch (error) {
    const isExpected = error instanceof NotAnEvent || error instanceof SyntaxError || "code" in Object(error);
    if (!isExpected || !(error instanceof Error)) throw error;
    intake.problems.push(isMissing(error) ? `there is no file ${where}` : `${where}: ${error.message}`);
    return undefined;
  }
};

const isMissing = (error: Error): boolean => "code" in error && error.code === "ENOENT";

const filesOf = (path: string): string[] => {
  if (!statSync(path).isDirectory()) return [path];
  const names = readdirSync(path, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".json"));
  return names.toSorted().map((name) => join(path, name));
};

const valuesOf = (content: unknown): { values: unknown[]; isList: boolean } => {
  if (Array.isArray(content)) return { values: content, isList: true };
  const events: unknown = Object(content).events;
  return Array.isArray(events) ? { values: events, isList: true } : { values: [content], isList: false };
};
