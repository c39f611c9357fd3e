import type { Message } from "@aws-sdk/client-sqs";
import { optional, string, type Struct, type } from "superstruct";
import { parseJson } from "../../emulator/graph/json.ts";
import { workflows } from "../../infra/workflows.ts";
import { InvalidEvent } from "../../lambdas/runtime/errors.ts";
import { parse } from "../../lambdas/runtime/parse.ts";
import type { Stack } from "../command/stack.ts";
import { failureMessage } from "../terminal/failure-message.ts";
import { redriveNumber } from "./execution-name.ts";

/** A message of the dead-letter queue, read: which event failed, where and why. */
export interface DeadLetter {
  message: Message;
  /** The EventBridge envelope as it came off the bus, as JSON. */
  event: string;
  eventId: string;
  /** Stripe's type of the event. */
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
  event: Envelope,
  failure: type({ Error: string(), Cause: optional(string()) }),
  execution: string(),
  stateMachine: string(),
});

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

const fromStateMachine = (message: Message, body: unknown, at: Date, stack: Stack): Content => {
  const [problem, content] = validated(body, MachineMessage);
  if (!content) return { problem: `neither a state machine nor EventBridge writes such a message: ${problem}` };
  const machine = machineName(content.stateMachine, stack);
  if (machine === undefined) return { problem: `${content.stateMachine} is not a state machine of this stack` };
  const { failure, event, execution } = content;
  return {
    event: JSON.stringify(event),
    eventId: event.detail.id,
    type: event.detail.type,
    machineArn: content.stateMachine,
    machine,
    errorName: failure.Error,
    errorMessage: failureMessage(failure.Cause),
    at,
    redrives: Math.max(redriveNumber(execution), countedRedrives(message)),
  };
};

// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
const fromEventBridge = (message: Message, body: unknown, at: Date, stack: Stack): Content => {
  const [problem, envelope] = validated(body, Envelope);
  if (!envelope) return { problem: `it is not a Stripe event: ${problem}` };
  const { id: eventId, type: eventType } = envelope.detail;
  const target = attributeOf(message, "TARGET_ARN") ?? "";
  // What could not be forwarded to our bus would have started the machine of its type there.
  const name = target === stack.bus.arn ? workflows.find((one) => one.eventType === eventType)?.name : undefined;
  if (target === stack.bus.arn && name === undefined) return { problem: `${eventType} is not handled any more` };
  const machineArn = name === undefined ? target : (stack.stateMachines[name] ?? "");
  const machine = machineName(machineArn, stack);
  if (machine === undefined) return { problem: `${name ?? target} is not a state machine of this stack` };
  return {
    event: message.Body ?? "",
    eventId,
    type: eventType,
    machineArn,
    machine,
    errorName: attributeOf(message, "ERROR_CODE") ?? "UNKNOWN",
    errorMessage: attributeOf(message, "ERROR_MESSAGE") ?? "",
    at,
    redrives: countedRedrives(message),
  };
};

/** The message attribute that counts the redrives of an event whose machine ended without sending a new message. */
export const redrivesAttribute = "REDRIVES";

const countedRedrives = (message: Message): number => Number(attributeOf(message, redrivesAttribute) ?? 0);

const machineName = (machineArn: string, { stateMachines }: Stack): string | undefined =>
  Object.keys(stateMachines).find((name) => stateMachines[name] === machineArn);

const attributeOf = ({ MessageAttributes = {} }: Message, name: string): string | undefined =>
  MessageAttributes[name]?.StringValue;

// Says where a value is wrong without quoting it: it may be personal data.
const validated = <T, S>(value: unknown, struct: Struct<T, S>): [string, undefined] | [null, T] => {
  try {
    return [null, parse(value, struct)];
  } catch (error) {
    if (!(error instanceof InvalidEvent)) throw error;
    return [error.message, undefined];
  }
};
