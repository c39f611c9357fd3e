import type { Message } from "@aws-sdk/client-sqs";
import { optional, string, type Struct, type } from "superstruct";
import { workflows } from "../../infra/workflows.ts";
import { InvalidEvent } from "../../lambdas/runtime/errors.ts";
import { parse } from "../../lambdas/runtime/parse.ts";
import { jsonOf } from "../../lambdas/dynamodb/json-of.ts";
import { failureMessage } from "../terminal/failure-message.ts";
import type { Stack } from "../command/stack.ts";

/** A message of the dead-letter queue, read: which event failed, where and why. */
export interface DeadLetter {
  /** The envelope as it came off the bus, as JSON. */
  event: string;
  eventId: string;
  /** Stripe's type of the event. */
  type: string;
  /** The state machine that is to handle it. */
  machineArn: string;
  /** That machine's name, such as `payment-succeeded`. */
  machine: string;
  errorName: string;
  errorMessage: string;
  /** When it came into the queue. */
  at: Date;
  /** How often it was redriven before. */
  redrives: number;
}

/** A message that cannot be started again, and why. */
export interface Unreadable {
  problem: string;
}

const Envelope = type({ detail: type({ id: string(), type: string() }) });

// An older deployment's letters may still be in the queue, so these may have more than is read here.
const OurLetter = type({
  event: Envelope,
  failure: type({ Error: string(), Cause: optional(string()) }),
  execution: string(),
  stateMachine: string(),
});

/** Reads what a state machine or EventBridge has sent to the dead-letter queue of this stack. */
export const readDeadLetter = (message: Message, stack: Stack): DeadLetter | Unreadable => {
  const text = message.Body ?? "";
  const body = jsonOf(text);
  if (body === undefined) return { problem: `its body of ${text.length} characters is no JSON` };
  const at = new Date(Number(message.Attributes?.SentTimestamp));
  return attributeOf(message, "TARGET_ARN") === undefined
    ? readOurs(message, body, at, stack)
    : readEventBridges(message, body, at, stack);
};

const readOurs = (message: Message, body: unknown, at: Date, stack: Stack): DeadLetter | Unreadable => {
  const [problem, letter] = read(body, OurLetter);
  if (!letter) return { problem: `neither a state machine nor EventBridge writes like that: ${problem}` };
  const machine = nameOf(letter.stateMachine, stack);
  if (machine === undefined) return { problem: `${letter.stateMachine} is no state machine of this stack` };
  const { failure, event, execution } = letter;
  return {
    event: JSON.stringify(event),
    eventId: event.detail.id,
    type: event.detail.type,
    machineArn: letter.stateMachine,
    machine,
    errorName: failure.Error,
    errorMessage: failureMessage(failure.Cause),
    at,
    redrives: Math.max(redrivesOf(execution), countOn(message)),
  };
};

// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
const readEventBridges = (message: Message, body: unknown, at: Date, stack: Stack): DeadLetter | Unreadable => {
  const [problem, envelope] = read(body, Envelope);
  if (!envelope) return { problem: `it is no event of Stripe's: ${problem}` };
  const { id: eventId, type: eventType } = envelope.detail;
  const target = attributeOf(message, "TARGET_ARN") ?? "";
  // What could not be forwarded to our bus would have come to the machine of its type there.
  const name = target === stack.bus.arn ? workflows.find((one) => one.eventType === eventType)?.name : undefined;
  if (target === stack.bus.arn && name === undefined) return { problem: `${eventType} is not handled any more` };
  const machineArn = name === undefined ? target : (stack.stateMachines[name] ?? "");
  const machine = nameOf(machineArn, stack);
  if (machine === undefined) return { problem: `${name ?? target} is no state machine of this stack` };
  return {
    event: message.Body ?? "",
    eventId,
    type: eventType,
    machineArn,
    machine,
    errorName: attributeOf(message, "ERROR_CODE") ?? "UNKNOWN",
    errorMessage: attributeOf(message, "ERROR_MESSAGE") ?? "",
    at,
    redrives: countOn(message),
  };
};

/** The name of an execution that redrives an event for the nth time; its own dead letter says so again. */
export const redriveName = (n: number, eventId: string): string =>
  `redrive-${n}-${eventId.replaceAll(/[^\w-]/g, "_")}`.slice(0, 80);

// arn:aws:states:<region>:<account>:express:<machine>:<name>:<id that Step Functions adds>
const redrivesOf = (executionArn: string): number =>
  Number(/^redrive-(\d+)-/.exec(executionArn.split(":")[7] ?? "")?.[1] ?? 0);

/** The attribute that counts the redrives of a letter whose machine ended without sending a new one. */
export const redrivesAttribute = "REDRIVES";

const countOn = (message: Message): number => Number(attributeOf(message, redrivesAttribute) ?? 0);

const nameOf = (machineArn: string, { stateMachines }: Stack): string | undefined =>
  Object.keys(stateMachines).find((name) => stateMachines[name] === machineArn);

const attributeOf = ({ MessageAttributes = {} }: Message, name: string): string | undefined =>
  MessageAttributes[name]?.StringValue;

// Says where a value is wrong, and does not quote it.
const read = <T, S>(value: unknown, struct: Struct<T, S>): [string, undefined] | [null, T] => {
  try {
    return [null, parse(value, struct)];
  } catch (error) {
    if (!(error instanceof InvalidEvent)) throw error;
    return [error.message, undefined];
  }
};
