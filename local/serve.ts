import { once } from "node:events";
import type { Server } from "node:http";
import { makeAwsApi } from "../emulator/aws-api.ts";
import type { Envelope } from "../emulator/eventbridge/envelope.ts";
import { AwsError } from "../emulator/protocol/aws-call.ts";
import type { Executions } from "../emulator/stepfunctions/executions.ts";
import type { Clock } from "../emulator/time/clock.ts";
import type { SwitchingClock } from "../emulator/time/switching-clock.ts";
import { type Outcome, outcomeOf } from "./print/outcome.ts";
import type { Runner } from "./runner.ts";
import { urlOf } from "../console/http/listen.ts";
import type { HttpArgs } from "./http/server.ts";
import type { Session } from "./session.ts";
import { NotAnEvent, type StripeEnvelope, toEnvelope } from "./stripe-envelope.ts";

/** What the server answers with: the session's events, which wait until all is played, and the runner's AWS. */
export const answersOf = (
  session: Session,
  runner: Runner,
  clock: Clock,
  played: Promise<void> = Promise.resolve(),
): HttpArgs => ({
  take: async (value) => {
    await played;
    const event = toEnvelope(value, session.arrival);
    await session.prepare([event]);
    return session.take(event);
  },
  webhookSecret: process.env["STRIPE_WEBHOOK_SECRET"],
  aws: makeAwsApi({
    ...runner,
    executions: withOutcomeReporting(runner, (outcome) => session.print(outcome)),
    // Not `async`: what it refuses it refuses at once.
    take: (event) => {
      const envelope = stripeEnvelopeOf(event, session);
      return played.then(() => session.take(envelope));
    },
    now: () => clock.now(),
  }),
  outputs: runner.outputs,
});

// Refuses an event of PutEvents that is not Stripe's.
const stripeEnvelopeOf = (event: Envelope, { arrival }: Session): StripeEnvelope => {
  try {
    return toEnvelope(event, { ...arrival, keepSource: true });
  } catch (error) {
    if (!(error instanceof NotAnEvent)) throw error;
    const message = `The runner takes Stripe's events: ${error.message}`;
    throw new AwsError("ValidationException", message, { cause: error });
  }
};

// Reports the outcome of each execution that an operator starts.
const withOutcomeReporting = (
  { executions, published }: Runner,
  onOutcome: (outcome: Outcome) => void,
): Executions => ({
  ...executions,
  start: async (machineArn, name, input) => {
    const since = performance.now();
    const execution = await executions.start(machineArn, name, input);
    // An operator may start one with any input.
    const { id, type, ...rest } = Object(Object(input).detail);
    const detail = { ...rest, id: `${id}`, type: `${type}` };
    if (execution) {
      const deliveries = [{ execution, retries: 0 }];
      onOutcome({ ...outcomeOf({ detail }, deliveries, since, published), again: "redriven" });
    }
    return execution;
  },
});

/** What is served, how long and how. */
export interface ServeArgs {
  server: Server;
  session: Session;
  runner: Runner;
  clock: SwitchingClock;
  json: boolean | undefined;
  ending: AbortSignal;
  /** Answers all requests that have come, and closes the server. */
  drain: () => Promise<void>;
}

/** Serves until Ctrl-C, or until there is no one to print to. */
export const serve = async ({ server, session, runner, clock, json, ending, drain }: ServeArgs): Promise<void> => {
  const say = json ? console.error : console.log;
  // One minute is skipped in any case, to evaluate the alarms.
  const minutes = Math.round(clock.ahead() / 60_000);
  const jump = minutes > 1 ? `\nThe emulator's clock is ${minutes} minutes ahead, as it skipped waits` : "";
  const url = urlOf(server);
  say(`\nThe console: ${url}/\nListening on ${url} for POST /events and POST /webhook\nCtrl-C ends it${jump}`);
  const watching = setInterval(() => runner.cloudwatch.check(), 1000);
  if (!ending.aborted) await once(ending, "abort");
  clearInterval(watching);
  await drain();
  await session.idle();
};
