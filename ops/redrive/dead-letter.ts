import type { Message } from "@aws-sdk/client-sqs";
import { optional, string, type } from "superstruct";
import { parseJson } from "../../emulator/graph/json.ts";
import { workflows } from "../../infra/workflows.ts";
import { InvalidEvent } from "../../lambdas/runtime/errors.ts";
import { parse } from "../../lambdas/runtime/parse.ts";
import type { Stack } from "../command/stack.ts";
import { failureMessage } from "../terminal/failure-message.ts";
import { executionName, redriveNumber } from "./execution-name.ts";
import { standardMachines } from "./standard-machines.ts";

/** A message of the dead-letter queue, read: which event failed, where and why. */
export interface DeadLetter {
  message: Message;
  /** What its state machine is started with, as JSON: the EventBridge envelope as it came off the bus, or a Standard machine's input. */
  event: string;
  /** The event's id; of a heal that of its subscription, of a reconciliation the name of its execution. */
  eventId: string;
  /** Stripe's type of the event; the name of a Standard machine. */
  type: string;
  /** The state machine that handles the event. */
  machineArn: string;
  /** That machine's name, such as `payment-succeeded`. */
  machine: string;
  errorName: string;
  errorMessage: string;
  /** When the message was sent to the queue. */
  at: Date;
  /** How often the event was redriven before. */
  redrives: number;
}

/** A message that cannot be redriven, and why. */
export interface UnreadableMessage {
  message: Message;
  problem: string;
}

const Envelope = type({ detail: type({ id: string(), type: string() }) });

// `type`, not `object`: an older deployment's messages may still be in the queue, with fields that are not read here.
const MachineMessage = type({
  failure: type({ Error: string(), Cause: optional(string()) }),
  execution: string(),
  stateMachine: string(),
});

const EventMessage = type({ event: Envelope });

/** Reads what a state machine or EventBridge has sent to the dead-letter queue of this stack. */
export const readDeadLetter = (message: Message, stack: Stack): DeadLetter | UnreadableMessage => {
  try {
    return { message, ...read(message, stack) };
  } catch (error) {
    // Such as a RangeError for JSON nested too deep: one message must not stop the redrive of the others.
    return { message, problem: `reading it failed with ${error}` };
  }
};

type Content = Omit<DeadLetter, "message"> | Omit<UnreadableMessage, "message">;

const read = (message: Message, stack: Stack): Content => {
  const text = message.Body ?? "";
  const body = parseJson(text);
  if (body === undefined) return { problem: `its body of ${text.length} characters is not JSON` };
  const at = new Date(Number(message.Attributes?.SentTimestamp));
  return attributeOf(message, "TARGET_ARN") === undefined
    ? fromStateMachine(message, body, at, stack)
    : fromEventBridge(message, body, at, stack);
};

const neitherWrites = "neither a state machine nor EventBridge writes such a message: ";

const fromStateMachine = (message: Message, body: unknown, at: Date, stack: Stack): Content => {
  const [problem, content] = valid(() => parse(body, MachineMessage));
  if (!content) return { problem: neitherWrites + problem };
  const machine = machineName(content.stateMachine, stack);
  if (machine === undefined) return { problem: `${content.stateMachine} is not a state machine of this stack` };
  const { failure, execution } = content;
  const [subjectProblem, subject] = valid(() => subjectOf(machine, body, execution));
  if (!subject) return { problem: neitherWrites + subjectProblem };
  return {
    ...subject,
    machineArn: content.stateMachine,
    machine,
    errorName: failure.Error,
    errorMessage: failureMessage(failure.Cause),
    at,
    redrives: Math.max(redriveNumber(execution), countedRedrives(message)),
  };
};

const subjectOf = (machine: string, body: unknown, execution: string) => {
  const restart = standardMachines[machine]?.(body, executionName(execution));
  if (restart) return { event: JSON.stringify(restart.input), eventId: restart.id, type: machine };
  const { event: envelope } = parse(body, EventMessage);
  return { event: JSON.stringify(envelope), eventId: envelope.detail.id, type: envelope.detail.type };
};

// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
const fromEventBridge = (message: Message, body: unknown, at: Date, stack: Stack): Content => {
  const target = attributeOf(message, "TARGET_ARN") ?? "";
  const scheduled = machineName(target, stack);
  const undelivered = undeliveredOf(message, at);
  if (scheduled !== undefined && scheduled in standardMachines) {
    const [problem, restart] = valid(() => standardMachines[scheduled]?.({ event: body }, "schedule"));
    if (!restart) return { problem: `it is no input of ${scheduled}: ${problem}` };
    const subject = { event: JSON.stringify(restart.input), eventId: restart.id, type: scheduled };
    return { ...subject, machineArn: target, machine: scheduled, ...undelivered };
  }
  const [problem, envelope] = valid(() => parse(body, Envelope));
  if (!envelope) return { problem: `it is not a Stripe event: ${problem}` };
  const { id: eventId, type: eventType } = envelope.detail;
  // What could not be forwarded to our bus would have started the machine of its type there.
  const name = target === stack.bus.arn ? workflows.find((one) => one.eventType === eventType)?.name : undefined;
  if (target === stack.bus.arn && name === undefined) return { problem: `${eventType} is not handled any more` };
  const machineArn = name === undefined ? target : (stack.stateMachines[name] ?? "");
  const machine = machineName(machineArn, stack);
  if (machine === undefined) return { problem: `${name ?? target} is not a state machine of this stack` };
  return { event: message.Body ?? "", eventId, type: eventType, machineArn, machine, ...undelivered };
};

const undeliveredOf = (message: Message, at: Date) => ({
  errorName: attributeOf(message, "ERROR_CODE") ?? "UNKNOWN",
  errorMessage: attributeOf(message, "ERROR_MESSAGE") ?? "",
  at,
  redrives: countedRedrives(message),
});

/** The message attribute that counts the redrives of an event whose machine ended without sending a new message. */
export const redrivesAttribute = "REDRIVES";

const countedRedrives = (message: Message): number => Number(attributeOf(message, redrivesAttribute) ?? 0);

const machineName = (machineArn: string, { stateMachines }: Stack): string | undefined =>
  Object.keys(stateMachines).find((name) => stateMachines[name] === machineArn);

const attributeOf = ({ MessageAttributes = {} }: Message, name: string): string | undefined =>
  MessageAttributes[name]?.StringValue;

// Says where a value is wrong without quoting it: it may be personal data.
const valid = <T>(parsed: () => T): [string, undefined] | [null, T] => {
  try {
    return [null, parsed()];
  } catch (error) {
    if (!(error instanceof InvalidEvent)) throw error;
    return [error.message, undefined];
  }
};
