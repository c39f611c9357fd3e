import { inspect } from "node:util";
import { escapeLines } from "../../ops/terminal/escape.ts";
import type { Workbench } from "../console-args.ts";
import type { Sending } from "./sample-sending.ts";

/** An event that was sent. */
export interface SentEvent {
  /** Its type, if it has one. */
  type: string;
  /** What became of it; null until that is known. */
  result: Awaited<ReturnType<Workbench["send"]>> | null;
}

/** Events that were sent, and what became of each. */
export interface Sent {
  title: string;
  /** In milliseconds since 1970. */
  at: number;
  events: SentEvent[];
}

/** The newest events that were sent. */
export interface SentEvents {
  /** Sends events, one after the other, and returns once all are handled. */
  send(sending: Sending, at: number): Promise<void>;
  /** The newest first. */
  all(): readonly Sent[];
}

const kept = 20;

/** Makes the empty list of the events that are sent by a workbench. */
export const makeSentEvents = (workbench: Workbench): SentEvents => {
  const all: Sent[] = [];
  return {
    all: () => all,
    send: async ({ title, values }, at) => {
      const events = values.map((value): SentEvent => ({ type: `${Object(value).type ?? ""}`, result: null }));
      all.unshift({ title, at, events });
      all.splice(kept);
      for (const [index, event] of events.entries()) event.result = await resultOf(workbench.send(values[index]));
    },
  };
};

// The answer to the form may have gone already.
const resultOf = async (sent: ReturnType<Workbench["send"]>): Promise<SentEvent["result"]> => {
  try {
    return await sent;
  } catch (error) {
    console.error(escapeLines(inspect(error)));
    return { problem: `${error}` };
  }
};
