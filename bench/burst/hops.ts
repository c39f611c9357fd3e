import { mostTries } from "../../lambdas/lib/dynamodb.ts";
import type { Moving, World } from "./world.ts";

/** Takes an event one hop on its way. */
export type Hop = (world: World, event: Moving, now: number) => void;

// EventBridge does not say how long it waits before it tries again; the runner waits as long.
const secondsBeforeRetry = (tried: number): number => 2 ** tried;

// Before a throttled call is tried again: @smithy/core's Retry.throttlingDelay.
const callSecondsBeforeRetry = (tried: number): number => 2 ** (tried - 1);

const goOn = ({ agenda }: World, event: Moving, at: Moving["at"], when: number): void => {
  event.at = at;
  agenda.add(when, event);
};

// Every rule takes its turn at EventBridge's gate.
const rule: Hop = (world, event, now) => {
  if (event.rulesPassed === event.way.rules) return start(world, event, now);
  if (event.rulesPassed === 0) world.tally.began();
  event.rulesPassed += 1;
  goOn(world, event, "rule", world.gate(now));
};

// It reads strictly: an event that is too old is not delivered, whatever it waited for.
const start: Hop = (world, event, now) => {
  if (now - event.bornAt > 1000 * event.way.ageSeconds) return world.tally.end("not started", now - event.bornAt);
  if (world.starts.take(now)) {
    event.tries = 0;
    return goOn(world, event, "invoke", now + world.figures.stepMilliseconds);
  }
  world.tally.throttled("starts");
  event.tries += 1;
  if (event.tries > event.way.retries) return world.tally.end("not started", now - event.bornAt);
  goOn(world, event, "start", now + 1000 * secondsBeforeRetry(event.tries));
};

const invoke: Hop = (world, event, now) => {
  const begun = world.pool.begin(stepOf(event).lambda, now);
  if (begun === null) {
    world.tally.throttled("calls of Lambdas");
    return tryAgain(world, event, now);
  }
  world.tally.running(world.pool.running());
  event.call = 0;
  event.callTries = 0;
  goOn(world, event, "call", now + (begun === "cold" ? world.figures.coldMilliseconds : 0));
};

const call: Hop = (world, event, now) => {
  const { lambda } = stepOf(event);
  const demand = world.figures.demands[lambda]?.[event.call];
  if (!demand) return goOn(world, event, "return", now + (world.figures.warmMilliseconds[lambda] ?? 0));
  if (world.table(demand.table).take(demand, world.random(), now)) {
    event.call += 1;
    event.callTries = 0;
    return call(world, event, now);
  }
  world.tally.throttled("calls of DynamoDB");
  event.callTries += 1;
  if (event.callTries < mostTries) {
    return goOn(world, event, "call", now + 1000 * callSecondsBeforeRetry(event.callTries) * world.random());
  }
  world.pool.end(lambda);
  tryAgain(world, event, now);
};

// As the state's Retry says, with full jitter; then its Catch sends the event to the dead-letter queue.
const tryAgain: Hop = (world, event, now) => {
  const seconds = stepOf(event).seconds[event.tries];
  if (seconds === undefined) return world.tally.end("failed", now - event.bornAt);
  event.tries += 1;
  goOn(world, event, "invoke", now + 1000 * seconds * world.random());
};

const goBack: Hop = (world, event, now) => {
  world.pool.end(stepOf(event).lambda);
  event.step += 1;
  event.tries = 0;
  if (event.step === event.way.steps.length) return world.tally.end("done", now - event.bornAt);
  goOn(world, event, "invoke", now + world.figures.stepMilliseconds);
};

const stepOf = ({ way, step }: Moving) => {
  const found = way.steps[step];
  if (!found) throw new Error(`${way.eventType} has no step ${step}`);
  return found;
};

/** What happens to an event, by where it is. */
export const hops: Record<Moving["at"], Hop> = { rule, start, invoke, call, return: goBack };
