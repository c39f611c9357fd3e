import { type CloudWatchLogsClient, paginateFilterLogEvents } from "@aws-sdk/client-cloudwatch-logs";
import {
  array,
  boolean,
  type Infer,
  integer,
  nullable,
  optional,
  string,
  type Struct,
  type,
  validate,
} from "superstruct";
import { parseJson } from "../../emulator/graph/json.ts";
import { UserError } from "../command/errors.ts";
import type { Stack } from "../command/stack.ts";

const LambdaLog = type({
  level: optional(string()),
  timestamp: optional(string()),
  message: type({
    message: string(),
    eventId: optional(nullable(string())),
    execution: string(),
    /** Stripe's type of the event, and when Stripe created it, in unix seconds. */
    type: optional(nullable(string())),
    created: optional(nullable(integer())),
    customerId: optional(nullable(string())),
    userId: optional(nullable(string())),
    outcome: optional(string()),
    written: optional(array(string())),
    published: optional(array(type({ type: string(), subject: string(), version: integer() }))),
    error: optional(string()),
    reason: optional(nullable(string())),
  }),
});

const DataDetails = optional(type({ truncated: boolean() }));

const MachineLog = type({
  id: string(),
  type: string(),
  event_timestamp: string(),
  details: type({
    name: optional(string()),
    error: optional(string()),
    cause: optional(string()),
    // JSON texts, where execution data is logged.
    input: optional(string()),
    inputDetails: DataDetails,
    output: optional(string()),
    outputDetails: DataDetails,
  }),
});

/** A log line of a Lambda about an event. */
export interface LambdaLine extends Infer<typeof LambdaLog.schema.message> {
  /** Milliseconds since 1970. */
  at: number;
  /** The Lambda's name, such as `write-payment`. */
  lambda: string;
  /** Such as `INFO`; null if the line does not say it. */
  level: string | null;
  /** By the Lambda's own clock, as it writes it: tells lines of the same millisecond apart. */
  timestamp?: string | undefined;
  /** What else the line says, by name; the ids of the event and of its execution left out. */
  fields: Record<string, unknown>;
}

/** A history event of an execution, as its state machine logged it. */
export interface MachineEvent extends Pick<Infer<typeof MachineLog>, "type" | "details"> {
  /** Milliseconds since 1970. */
  at: number;
}

/** The log of one execution, in the order of time. */
export interface ExecutionLog {
  arn: string;
  /** The state machine's name, such as `payment-succeeded`. */
  machine: string;
  lines: LambdaLine[];
  events: MachineEvent[];
}

/** Which logs are searched, and since when. */
export interface EventLogsArgs {
  logs: CloudWatchLogsClient;
  stack: Stack;
  since: Date;
}

// An Express execution ends within five minutes, and the clocks behind its log lines may differ.
const aroundMilliseconds = 10 * 60_000;

/**
 * Reads the logs of the executions of an event, in the order of their start.
 *
 * Without execution data a state machine's log names no event, but its Lambdas' lines name both the event and the execution.
 */
export const readEventLogs = async (eventId: string, args: EventLogsArgs): Promise<ExecutionLog[]> => {
  const { stack, since } = args;
  const lambdas = Object.keys(stack.logGroups).filter((name) => !(name in stack.stateMachines));
  const found = lambdas.map((lambda) =>
    linesOf(lambda, patternOf("message.eventId", [eventId]), args, since.getTime()),
  );
  const lines = (await Promise.all(found)).flat().toSorted((a, b) => a.at - b.at);
  const executions = [...Map.groupBy(lines, ({ execution }) => execution)];
  return Promise.all(
    executions.map(async ([arn, own]) => {
      const machine = machineOf(arn, stack);
      const [first, last] = [Math.min(...own.map(({ at }) => at)), Math.max(...own.map(({ at }) => at))];
      const window = { startTime: Math.max(0, first - aroundMilliseconds), endTime: last + aroundMilliseconds };
      return { arn, machine, lines: own, events: await eventsOf(machine, arn, args, window) };
    }),
  );
};

/** The lines of a Lambda that a filter pattern matches, since a time in milliseconds since 1970. */
export const linesOf = async (
  lambda: string,
  filterPattern: string,
  args: Pick<EventLogsArgs, "logs" | "stack">,
  startTime: number,
): Promise<LambdaLine[]> => {
  const found = await search(lambda, filterPattern, args, { startTime });
  return found.flatMap(({ at, text }) => readLambdaLine(text, lambda, at));
};

/** Reads a line of a Lambda's log; none where it is not about an execution. */
export const readLambdaLine = (text: string, lambda: string, at: number): LambdaLine[] =>
  read(text, LambdaLog).map(({ level = null, timestamp, message }) => {
    // A line may say more than this reads.
    const { message: _message, eventId: _id, execution: _execution, ...fields }: Record<string, unknown> = message;
    return { ...message, at, lambda, level, timestamp, fields };
  });

/** The filter pattern of log lines in which a field of their JSON is one of these texts. */
export const patternOf = (field: string, texts: string[]): string => {
  const unsearchable = texts.find((text) => /["*\\]/.test(text));
  if (unsearchable !== undefined)
    throw new UserError(`The logs cannot be searched for ${unsearchable}: an id has no ", * or \\`);
  return `{ ${texts.map((text) => `$.${field} = "${text}"`).join(" || ")} }`;
};

const eventsOf = async (
  machine: string,
  executionArn: string,
  args: EventLogsArgs,
  window: { startTime: number; endTime: number },
): Promise<MachineEvent[]> => {
  const found = await search(machine, patternOf("execution_arn", [executionArn]), args, window);
  // Many have the same timestamp.
  const inOrder = found.flatMap(({ text }) => read(text, MachineLog)).toSorted((a, b) => Number(a.id) - Number(b.id));
  return inOrder.map(({ type: kind, details, event_timestamp: at }) => ({ at: Number(at), type: kind, details }));
};

const search = async (
  name: string,
  filterPattern: string,
  { logs, stack }: Pick<EventLogsArgs, "logs" | "stack">,
  window: { startTime: number; endTime?: number },
): Promise<{ at: number; text: string }[]> => {
  const logGroupName = stack.logGroups[name];
  if (logGroupName === undefined) return [];
  const input = { logGroupName, filterPattern, ...window };
  const found: { at: number; text: string }[] = [];
  // A page may be empty though more follow.
  for await (const { events = [] } of paginateFilterLogEvents({ client: logs }, input)) {
    found.push(...events.map(({ timestamp = 0, message = "" }) => ({ at: timestamp, text: message })));
  }
  return found;
};

// A line of another version of this program, or of the Lambda runtime itself, may lack fields: it is left out.
const read = <T, S>(text: string, struct: Struct<T, S>): T[] => {
  const [error, value] = validate(parseJson(text), struct);
  return error ? [] : [value];
};

/**
 * The name of the state machine of an execution, by its ARN:
 * `arn:aws:states:<region>:<account>:express:<machine>:<name>:<id that Step Functions adds>`.
 */
export const machineOf = (executionArn: string, { stateMachines }: Stack): string => {
  const name = executionArn.split(":")[6] ?? "";
  return Object.keys(stateMachines).find((key) => stateMachines[key]?.endsWith(`:${name}`)) ?? name;
};
