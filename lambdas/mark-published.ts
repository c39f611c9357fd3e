import { array, defaulted, enums, integer, min, string, type } from "superstruct";
import { env } from "./runtime/env.ts";
import { handle } from "./runtime/handle.ts";
import type { Log } from "./runtime/log.ts";
import { parse } from "./runtime/parse.ts";
import { mark } from "./publishing/mark.ts";

const Mark = type({
  table: enums(["core", "payments"]),
  PK: string(),
  SK: string(),
  from: min(integer(), 0),
  through: min(integer(), 1),
});

// What was put on the bus; the log says it for the trace of an event.
const Entry = type({ DetailType: string(), Detail: type({ subject: string(), version: integer() }) });

const Published = type({ marks: array(Mark), entries: defaulted(array(Entry), []) });

/**
 * Marks changes as published, once they are on the bus.
 *
 * @throws {InvalidEvent} where it names no changes.
 */
export const markPublished = (tables: Record<"core" | "payments", string>) => async (published: unknown, log: Log) => {
  const { marks, entries } = parse(published, Published);
  await Promise.all(marks.map((one) => mark(tables[one.table], one)));
  const told = entries.map(({ DetailType, Detail: { subject, version } }) => ({ type: DetailType, subject, version }));
  log.info("Changes published", { marks, published: told });
};

export const handler = (input: unknown) =>
  handle(input, markPublished({ core: env("HOMEBIYORI_CORE"), payments: env("HOMEBIYORI_PAYMENTS") }));
