import { array, define, nonempty, optional, refine, size, string, type Struct, type, validate } from "superstruct";
import { isObject, parseJson } from "../../graph/json.ts";

/** A call of PutEvents takes so many entries at most: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html. */
export const mostEntries = 10;

/** The `Parameters` of a task that puts events: what they say literally must be what EventBridge takes. */
export const PutEventsTemplate: Struct<unknown, null> = define(
  "PutEventsTemplate",
  (value) => problemOf(value) ?? true,
);

const problemOf = (parameters: unknown): string | null => {
  const entries = given(parameters, ["Entries"]);
  if (typeof entries === "string") return entries;
  if (!("Entries" in entries)) return null;
  const { Entries } = entries;
  if (!Array.isArray(Entries) || Entries.length < 1 || Entries.length > mostEntries)
    return `Entries has to be a list of 1 to ${mostEntries} entries`;
  for (const [index, entry] of Entries.entries()) {
    const problem = entryProblem(entry);
    if (problem !== null) return `Entries.${index}: ${problem}`;
  }
  return null;
};

const entryProblem = (entry: unknown): string | null => {
  const fields = given(entry, ["Source", "DetailType", "Detail", "EventBusName"], ["Resources"]);
  if (typeof fields === "string") return fields;
  const failure = validate(fields, Literals)[0]?.failures()[0];
  return failure ? `${failure.path.join(".")}: ${failure.message}` : null;
};

const Detail = define("an object, or the text of one", (value) =>
  isObject(typeof value === "string" ? parseJson(value) : value),
);

// https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsRequestEntry.html
const Literals = type({
  Source: optional(refine(nonempty(string()), "Source", (text) => !text.startsWith("aws.") || "aws. is AWS's own")),
  DetailType: optional(size(string(), 1, 128)),
  Detail: optional(Detail),
  EventBusName: optional(size(string(), 1, 1600)),
  Resources: optional(array(string())),
});

// Returns the fields, each of which may be given by a path, or else what is wrong with them.
const given = (value: unknown, required: string[], more: string[] = []): Record<string, unknown> | string => {
  if (!isObject(value)) return "it has to be an object";
  const names = Object.keys(value).map((key) => key.replace(/\.\$$/, ""));
  const missing = required.find((name) => !names.includes(name));
  if (missing !== undefined) return `${missing} is missing`;
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) return `${twice} is there twice`;
  const unknown = names.find((name) => ![...required, ...more].includes(name));
  return unknown === undefined ? value : `the emulator does not know ${unknown}`;
};
