import { styleText } from "node:util";
import { escapeText } from "../terminal/escape.ts";
import { besideOrBelow, wrapText } from "../terminal/fit.ts";
import { formatDuration } from "../terminal/format-duration.ts";
import { publishedText } from "../terminal/published-text.ts";
import type { ExecutionTrace, StateTrace, TraceError } from "./execution-trace.ts";
import type { Trace } from "./read-trace.ts";

/** The trace of an event for a terminal: each execution, each of its states, and each attempt where there was more than one. */
export const traceText = ({ eventId, type, created, executions }: Trace): string => {
  const createdAt = created === null ? "" : `, created ${timeOf(created * 1000)}`;
  const [first] = executions;
  const heading = `${styleText("bold", escapeText(eventId))}  ${escapeText(type ?? "of unknown type")}${createdAt}`;
  const received = first ? `, received ${timeOf(first.at)}` : "";
  return [wrapText(heading + received, 2), ...executions.map(executionText)].join("\n\n");
};

const kinds: Record<ExecutionTrace["kind"], string> = { first: "", again: "again, ", redrive: "redriven, " };

const executionText = ({ arn, machine, kind, at, ms, status, error, states }: ExecutionTrace): string => {
  const end =
    status === null ? "its end is not logged" : `${status}${ms === null ? "" : ` after ${formatDuration(ms)}`}`;
  const colour = status === "SUCCEEDED" ? "green" : status === null ? "gray" : "red";
  return [
    wrapText(
      `${styleText("bold", escapeText(machine))}  ${kinds[kind]}${timeOf(at)}  ${styleText(colour, end)}${errorText(error)}`,
      2,
    ),
    styleText("gray", `  ${wrapText(escapeText(arn), 2)}`),
    ...states.flatMap(stateLines),
  ].join("\n");
};

const stateLines = ({ name, at, ms, attempts, outcome, reason, written, published }: StateTrace): string[] => {
  const events = published.map(publishedText).join(", ");
  const parts = escapeText([outcome, reason, written.join(", "), events].filter(Boolean).join(": "));
  const heading = `  ${clockOf(at)}  ${escapeText(name).padEnd(24)}${(ms === null ? "" : formatDuration(ms)).padStart(9)}`;
  const line = besideOrBelow(heading, parts, "  ", 16).trimEnd();
  const succeededAtOnce = attempts.length <= 1 && attempts.every(({ error }) => error === null);
  if (succeededAtOnce) return [line];
  const lines = attempts.map(({ at: start, ms: duration, error }, index) => {
    const end = error ? styleText("red", errorText(error).trim()) : "";
    const attempt = `  ${clockOf(start)}    attempt ${index + 1}`.padEnd(40);
    return besideOrBelow(attempt + (duration === null ? "" : formatDuration(duration)).padStart(9), end, "  ", 18);
  });
  return [line, ...lines.map((text) => text.trimEnd())];
};

const errorText = (error: TraceError | null): string => {
  if (!error) return "";
  return `  ${escapeText(error.message ? `${error.name}: ${error.message}` : error.name)}`;
};

const timeOf = (milliseconds: number): string => new Date(milliseconds).toISOString();

const clockOf = (milliseconds: number): string => timeOf(milliseconds).slice(11, -1);
