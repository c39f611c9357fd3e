import type { LogEvent } from "../logs/log-groups.ts";
import type { HistoryEvent } from "./limits.ts";
import type { Execution } from "./machine.ts";
import type { ServiceCall } from "./task-handlers.ts";

/** How a state machine logs its executions. */
export interface ExpressLogArgs {
  level: "ALL" | "ERROR" | "FATAL" | "OFF";
  includeExecutionData: boolean;
  roleArn: string;
  region: string;
}

interface Logged {
  type: string;
  timestamp: number;
  details: object;
}

/**
 * What a state machine logs of an execution at its level, one event a line.
 *
 * https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html
 */
export const expressLog = (execution: Execution, args: ExpressLogArgs): LogEvent[] =>
  loggedOf(execution, args).flatMap(({ type, timestamp, details }, index) => {
    if (!isLogged(type, args.level)) return [];
    const line = {
      id: `${index + 1}`,
      type,
      details,
      // The start and the first state have no previous event.
      previous_event_id: `${index === 1 ? 0 : index}`,
      event_timestamp: `${timestamp}`,
      execution_arn: execution.arn,
      redrive_count: "0",
    };
    return [{ timestamp, message: JSON.stringify(line) }];
  });

// https://docs.aws.amazon.com/step-functions/latest/dg/cloudwatch-log-level.html
const fatal = ["ExecutionAborted", "ExecutionFailed", "ExecutionTimedOut"];
const errors = [...fatal, "FailStateEntered", "TaskFailed", "TaskTimedOut"];

const isLogged = (type: string, level: ExpressLogArgs["level"]): boolean => {
  if (level === "ALL") return true;
  return level === "ERROR" ? errors.includes(type) : level === "FATAL" && fatal.includes(type);
};

// AWS logs each call of a service by events of its own; the interpreter reports the state that made it.
const loggedOf = ({ history, serviceCalls, failure }: Execution, args: ExpressLogArgs): Logged[] => {
  const { includeExecutionData, roleArn, region } = args;
  const data = includeExecutionData ? textOf : () => ({});
  // No definition has parallel states, so the calls are in the order of the states that made them.
  const waiting = [...serviceCalls];
  let call: ServiceCall | undefined;

  const logged = (event: HistoryEvent, type: string, details: object): Logged => {
    return { type, timestamp: Math.round(event.timestamp), details };
  };
  const callBegins = (event: HistoryEvent): Logged[] => {
    call = waiting.shift();
    if (!call) return [];
    // The interpreter reports a state a moment after it is entered.
    const at = { ...event, timestamp: Math.max(event.timestamp, call.startedAt) };
    const { parameters, timeoutSeconds: timeoutInSeconds } = call;
    const details = { ...data("parameters", parameters), region, ...serviceOf(call), timeoutInSeconds };
    return [logged(at, "TaskScheduled", details), logged(at, "TaskStarted", serviceOf(call))];
  };

  return history.flatMap((event, index): Logged[] => {
    switch (event.type) {
      case "ExecutionStarted":
        return [logged(event, event.type, { ...data("input", event.input), roleArn })];
      case "StateEntered": {
        const { name, type, input } = event.state;
        const entered = logged(event, `${type}StateEntered`, { ...data("input", input), name });
        return [entered, ...(type === "Task" ? callBegins(event) : [])];
      }
      case "StateFailed": {
        if (event.state.type !== "Task") return [];
        const type = event.Error === "States.Timeout" ? "TaskTimedOut" : "TaskFailed";
        return [logged(event, type, { cause: event.Cause, error: event.Error, ...serviceOf(call) })];
      }
      case "StateRetried":
        return callBegins(event);
      case "StateExited": {
        const { name, type, output } = event.state;
        const isDone = type === "Task" && history[index - 1]?.type !== "StateCaught";
        const done = isDone
          ? [logged(event, "TaskSucceeded", { ...data("output", call?.output), ...serviceOf(call) })]
          : [];
        return [...done, logged(event, `${type}StateExited`, { name, ...data("output", output) })];
      }
      case "ExecutionSucceeded":
        return [logged(event, event.type, data("output", event.output))];
      case "ExecutionFailed":
        return [logged(event, event.type, { cause: event.Cause, error: event.Error })];
      case "ExecutionAborted":
        return [logged(event, event.type, { cause: failure?.Cause, error: failure?.Error })];
      case "ExecutionTimeout":
        return [logged(event, "ExecutionTimedOut", {})];
      default:
        return [];
    }
  });
};

// arn:aws:states:::lambda:invoke
const serviceOf = (call: ServiceCall | undefined): { resource?: string; resourceType?: string } => {
  const [resourceType, resource] = call?.resource.split(":").slice(-2) ?? [];
  return { ...(resource && { resource }), ...(resourceType && { resourceType }) };
};

// The longest text that Step Functions puts into a log.
const longestText = 248 * 1024;

const textOf = (name: "input" | "output" | "parameters", value: unknown): object => {
  const text = JSON.stringify(value) ?? "null";
  const truncated = text.length > longestText;
  const details = name === "parameters" ? {} : { [`${name}Details`]: { truncated } };
  return { [name]: truncated ? text.slice(0, longestText) : text, ...details };
};
