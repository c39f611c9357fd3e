import { parseJson } from "../../emulator/graph/json.ts";
import type { MachineEvent } from "./event-logs.ts";

/**
 * What an execution or a state was given or returned, parsed; or why its value is unknown: `not-logged`, where the state machine logs
 * no execution data (`logExecutionData`) or the log has no such event, and `truncated`, where Step Functions has cut the text.
 */
export type LoggedData = { value: unknown } | { missing: "not-logged" | "truncated" };

/** What is not in the log. */
export const notLogged: LoggedData = { missing: "not-logged" };

/** Reads what a history event says of the input or the output. */
export const loggedData = (event: MachineEvent | undefined, name: "input" | "output"): LoggedData => {
  const text = event?.details[name];
  if (event?.details[`${name}Details`]?.truncated === true) return { missing: "truncated" };
  if (text === undefined) return notLogged;
  const value = parseJson(text);
  // CloudWatch Logs cuts a line that is too long for it.
  return value === undefined ? { missing: "truncated" } : { value };
};
