import type { StateMachine } from "aws-local-stepfunctions";
import { parseJson } from "../graph/json.ts";
import { AwsError } from "../protocol/aws-call.ts";

/** Step Functions' limit on the input of an execution, and on the input and output of each state, in bytes. */
export const largestData = 262_144;

/** How many bytes a value has as JSON. */
export const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value) ?? "");

/** An event of an execution's history: which state was entered, left, failed, retried or caught. */
export type HistoryEvent = ReturnType<StateMachine["run"]>["eventLogs"] extends AsyncGenerator<infer E> ? E : never;

/**
 * The largest number of events that the history of a Standard execution may have; only the execution's end may be the last of them.
 *
 * https://docs.aws.amazon.com/step-functions/latest/dg/bp-history-limit.html
 */
export const longestHistory = 25_000;

/** How many events Step Functions counts for one of the interpreter's, which does not report the calls of services. */
export const eventsCounted = (event: HistoryEvent, before: HistoryEvent | undefined): number => {
  if (!("state" in event)) return 1;
  const isTask = event.state.type === "Task";
  switch (event.type) {
    case "StateEntered":
      // A task is scheduled, and started.
      return isTask ? 3 : 1;
    case "StateRetried":
      return 2;
    case "StateExited":
      // A call that failed is counted already.
      return isTask && before?.type !== "StateCaught" ? 2 : 1;
    case "StateFailed":
      return isTask ? 1 : 0;
    default:
      return 0;
  }
};

// https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
const allowedName = /^[^\s\p{Cc}\p{Cs}<>{}[\]?*"#%\\^|~`$&,;:/\ufffe\uffff\u{10000}-\u{10ffff}]{1,80}$/u;

/** Throws the `AwsError` of Step Functions for a name that no execution can have. */
export const assertName = (name: string): void => {
  if (!allowedName.test(name)) throw new AwsError("InvalidName", `Invalid Name: '${name}'`);
};

/** Reads the text of an execution's input; throws the `AwsError` of Step Functions for one that it does not take. */
export const readExecutionInput = (text: string): unknown => {
  if (Buffer.byteLength(text) > largestData)
    throw new AwsError("ValidationException", `'input' is longer than ${largestData} bytes`);
  const input = parseJson(text);
  if (input === undefined)
    throw new AwsError("InvalidExecutionInput", "Invalid State Machine Execution Input: it is not JSON");
  return input;
};
