import { styleText } from "node:util";
import type { ExecutionTrace, StateTrace, TraceError } from "./execution-trace.ts";
import type { Trace } from "./trace-event.ts";

/** The way of an event as a person reads it: each execution, each of its states, and each try where there was more than one. */
export const traceText = ({ eventId, type, created, executions }: Trace): string => {
  const made = created === null ? "" : `, made ${timeOf(created * 1000)}`;
  const [first] = executions;
  const heading = `${styleText("bold", eventId)}  ${type ?? "of no known type"}${made}`;
  const received = first ? `, received ${timeOf(first.at)}` : "";
  return [heading + received, ...executions.map(executionText)].join("\n\n");
};

const kinds: Record<ExecutionTrace["kind"], string> = { first: "", again: "again, ", redrive: "redriven, " };

const executionText = ({ arn, machine, kind, at, ms, status, error, states }: ExecutionTrace): string => {
  const end = status === null ? "its end is not logged" : `${status}${ms === null ? "" : ` after ${durationOf(ms)}`}`;
  const colour = status === "SUCCEEDED" ? "green" : status === null ? "gray" : "red";
  return [
    `${styleText("bold", machine)}  ${kinds[kind]}${timeOf(at)}  ${styleText(colour, end)}${said(error)}`,
    styleText("gray", `  ${arn}`),
    ...states.flatMap(stateLines),
  ].join("\n");
};

const stateLines = ({ name, at, ms, tries, outcome, reason, written }: StateTrace): string[] => {
  const parts = [outcome, reason, written.join(", ")].filter(Boolean).join(": ");
  const line =
    `  ${clockOf(at)}  ${name.padEnd(24)}${(ms === null ? "" : durationOf(ms)).padStart(9)}  ${parts}`.trimEnd();
  const wentWell = tries.length <= 1 && tries.every(({ error }) => error === null);
  if (wentWell) return [line];
  const each = tries.map(({ at: begun, ms: took, error }, index) => {
    const end = error ? styleText("red", said(error).trim()) : "";
    return (
      `  ${clockOf(begun)}    try ${index + 1}`.padEnd(40) +
      `${(took === null ? "" : durationOf(took)).padStart(9)}  ${end}`
    );
  });
  return [line, ...each.map((text) => text.trimEnd())];
};

const said = (error: TraceError | null): string => {
  if (!error) return "";
  return `  ${error.name}${error.message ? `: ${error.message.replaceAll(/\s+/g, " ")}` : ""}`;
};

const timeOf = (milliseconds: number): string => new Date(milliseconds).toISOString();

const clockOf = (milliseconds: number): string => timeOf(milliseconds).slice(11, -1);

const durationOf = (milliseconds: number): string =>
  milliseconds < 1000 ? `${milliseconds} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
