import { integer, object, string, type Struct, unknown, validate } from "superstruct";
import { type Log, makeLog } from "./log.ts";
import { parse } from "./parse.ts";
import { Id, Reference } from "../stripe/shapes.ts";

// What a state gives its Lambda: the execution's data, and the execution's ARN, which no data of Stripe's has.
const TaskInput = object({ event: unknown(), execution: string() });

/** The lines that say that an event has come to a Lambda, and that its logic threw something. */
export const lines = { received: "Received", failed: "Failed" } as const;

/** Runs a Lambda's logic for a state, and logs what has come and what it throws, by the event's id. */
export const handle = async <T>(input: unknown, run: (event: unknown, log: Log) => Promise<T>): Promise<T> => {
  const { event, execution } = parse(input, TaskInput);
  const { id, type, created, data } = Object(Object(event).detail);
  const { customer } = Object(Object(data).object);
  const log = makeLog({ eventId: orNull(id, Id), execution });
  log.info(lines.received, {
    type: orNull(type, Id),
    created: orNull(created, integer()),
    customerId: orNull(customer, Reference),
  });
  try {
    return await run(event, log);
  } catch (error) {
    // Lambda's own line about it names neither the event nor the execution.
    const { name, message } = error instanceof Error ? error : { name: typeof error, message: `${error}` };
    log.error(lines.failed, { error: name, reason: message });
    throw error;
  }
};

// Whatever came in the place of it may be personal.
const orNull = <T, S>(value: unknown, struct: Struct<T, S>): T | null => {
  const [, valid = null] = validate(value, struct, { coerce: true });
  return valid;
};
