import type { Hono } from "hono";
import type { Workbench } from "../../console/console-args.ts";
import { makeConsole } from "../../console/console.ts";
import { type EventList, makeEventList } from "../../console/events/event-list.ts";
import { readFaultPlan } from "../../emulator/faults/fault-plan.ts";
import type { FaultPlan } from "../../emulator/faults/faults.ts";
import type { Clock } from "../../emulator/time/clock.ts";
import { stackOf } from "../../ops/command/stack.ts";
import { localTarget } from "../../ops/command/target.ts";
import { targetText } from "../../ops/command/target-options.ts";
import type { Outcome } from "../print/outcome.ts";
import type { Runner } from "../runner.ts";
import { NotAnEvent } from "../stripe-envelope.ts";

/** The outcomes of a run, as the console lists them. */
export interface OutcomeList {
  events: EventList;
  add: (outcome: Outcome) => void;
}

/** Lists the outcomes of a run by this clock. */
export const listOutcomes = (clock: Clock): OutcomeList => {
  const events = makeEventList();
  let number = 0;
  return {
    events,
    add: ({ eventId, type, customerId, outcome, ms, retries, error, again }) => {
      number += 1;
      const shown = { eventId, type, customerId, outcome, ms, retries, error, again };
      events.add({ key: `${number}`, at: clock.now(), ...shown });
    },
  };
};

/** What the console of a runner needs. */
export interface LocalConsoleArgs {
  /** Where the runner listens. */
  url: string;
  runner: Runner;
  clock: Clock;
  events: EventList;
  /** Takes a value as `POST /events` does. */
  take: (value: unknown) => Promise<Outcome>;
  /** The faults that the runner began with. */
  faults?: FaultPlan | undefined;
  ending: AbortSignal;
}

/** The console over a runner, with all that a deployed stack does not allow. */
export const localConsole = ({ url, runner, clock, events, take, faults, ending }: LocalConsoleArgs): Hono =>
  makeConsole({
    target: localTarget(url, stackOf(runner.outputs, url)),
    targetText: targetText({ local: url }),
    graph: runner.graph,
    events,
    now: () => clock.now(),
    canWrite: true,
    workbench: workbenchOf(runner, take, faults),
    ending,
  });

const workbenchOf = (
  runner: Runner,
  take: LocalConsoleArgs["take"],
  first: FaultPlan = { seed: 1, faults: [] },
): Workbench => {
  let plan = first;
  return {
    send: async (value) => {
      try {
        return await take(value);
      } catch (error) {
        if (error instanceof NotAnEvent) return { problem: error.message };
        throw error;
      }
    },
    faults: () => plan,
    setFaults: async (content) => {
      const next = readFaultPlan(content, "The faults", runner.graph);
      await runner.setFaults(next);
      plan = next;
    },
  };
};
