import { type Clock, VirtualClock } from "../../emulator/time/clock.ts";
import { type StripeEnvelope, toEnvelope } from "../../local/stripe-envelope.ts";
import type { Outcome } from "../../local/print/outcome.ts";
import { type Runner, type RunnerArgs, startRunner } from "../../local/runner.ts";
import { graphOf } from "./stack.ts";

/** A runner of the dev stack whose time is virtual, and a short way to hand it an event. */
export interface Running extends Runner {
  handle(event: unknown): Promise<Outcome>;
  envelope(event: unknown): StripeEnvelope;
}

/** Starts a runner for a test file, which has to stop it. */
export const startRunning = async (args: Partial<RunnerArgs> & { clock?: Clock } = {}): Promise<Running> => {
  const runner = await startRunner({ graph: graphOf("dev"), clock: new VirtualClock(), ...args });
  const { account, region } = runner.graph;
  const eventSource = `${runner.graph.outputs["eventSource"]}`;
  const envelope = (event: unknown) => toEnvelope(event, { eventSource, keepSource: false, account, region });
  return { ...runner, envelope, handle: (event) => runner.take(envelope(event)) };
};
