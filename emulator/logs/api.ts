import { integer, max, min, object, optional, string } from "superstruct";
import { parseJson } from "../graph/json.ts";
import { awsCall, type AwsCalls, AwsError } from "../protocol/aws-call.ts";
import type { LogEvent, LogGroups, Term } from "./log-groups.ts";

const Filter = object({
  logGroupName: string(),
  filterPattern: string(),
  startTime: optional(min(integer(), 0)),
  endTime: optional(min(integer(), 0)),
  limit: optional(max(min(integer(), 1), 10_000)),
  nextToken: optional(string()),
});

// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html
const maxEvents = 10_000;
const maxBytes = 1024 * 1024;

/** CloudWatch Logs' calls on these log groups. */
export const logCalls = ({ logs }: { logs: LogGroups }): AwsCalls => ({
  "Logs_20140328.FilterLogEvents": awsCall(
    Filter,
    // AWS asks for the permission to read all streams of the group.
    ({ logGroupName }) => `${logs.arnOf(logGroupName)}:log-stream:`,
    ({ logGroupName, filterPattern, startTime = 0, endTime = Infinity, ...page }) => {
      const terms = termsOf(filterPattern);
      const matchers = terms.map(matcherOf);
      const events = logs.eventsOf(logGroupName, { terms, since: startTime });
      if (events === null) throw new AwsError("ResourceNotFoundException", "The specified log group does not exist.");
      const found = events.filter(
        (event) =>
          event.timestamp >= startTime &&
          event.timestamp <= endTime &&
          matchers.some((matches) => matches(event.message)),
      );
      return pageOf(found, page.limit ?? maxEvents, Number(page.nextToken ?? 0));
    },
  ),
});

const pageOf = (found: LogEvent[], limit: number, from: number): object => {
  const page: LogEvent[] = [];
  let bytes = 0;
  for (const event of found.slice(from, from + limit)) {
    bytes += Buffer.byteLength(event.message);
    if (bytes > maxBytes && page.length > 0) break;
    page.push(event);
  }
  const next = from + page.length;
  const events = page.map(({ timestamp, message }, index) => ({
    logStreamName: "emulator",
    timestamp,
    message,
    ingestionTime: timestamp,
    eventId: `${from + index}`,
  }));
  return { events, searchedLogStreams: [], ...(next < found.length && { nextToken: `${next}` }) };
};

/**
 * Reads a filter pattern of the kind that the emulator matches as AWS does: of some fields of JSON one is equal to a text, or is any
 * text (an asterisk).
 *
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 */
const termsOf = (pattern: string): Term[] => {
  const [, terms = ""] = /^\{ (.+) \}$/.exec(pattern) ?? [];
  return terms.split(" || ").map((term) => {
    // An asterisk within a text would match any text in its place.
    const [, field, text] = /^\$\.([\w.]+) = "(\*|[^"*\\]+)"$/.exec(term) ?? [];
    if (field !== undefined && text !== undefined) return { field, text: text === "*" ? null : text };
    const known = '{ $.field = "text" }, { $.field = "*" }, and several of them joined by ||';
    throw new AwsError(
      "InvalidParameterException",
      `The emulator knows no filter pattern but ${known}, got ${pattern}`,
    );
  });
};

const matcherOf = ({ field, text }: Term): ((message: string) => boolean) => {
  const keys = field.split(".");
  if (text === null) return (message) => typeof fieldOf(message, keys) === "string";
  // Most lines need not be read as JSON.
  return (message) => message.includes(text) && fieldOf(message, keys) === text;
};

const fieldOf = (message: string, keys: string[]): unknown =>
  keys.reduce<unknown>((value, key) => Object(value)[key], parseJson(message));
