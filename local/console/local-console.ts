import type { Hono } from "hono";
import type { Workbench } from "../../console/console-args.ts";
import { makeConsole } from "../../console/console.ts";
import { type EventList, makeEventList } from "../../console/events/event-list.ts";
import type { Clock } from "../../emulator/time/clock.ts";
import { stackOf } from "../../ops/command/stack.ts";
import { localTarget } from "../../ops/command/target.ts";
import { targetText } from "../../ops/command/target-options.ts";
import type { Outcome } from "../print/outcome.ts";
import { tableNames } from "../product.ts";
import type { Runner } from "../runner.ts";
import { NotAnEvent } from "../stripe-envelope.ts";
import { type ChangedRows, followRows, partsOfKey } from "./changed-rows.ts";

/** The outcomes of a run, as the console lists them. */
export interface OutcomeList {
  events: EventList;
  rows: ChangedRows;
  /** Lists an outcome, and reads the rows that were written. */
  add: (outcome: Outcome) => Promise<void>;
}

/** Lists the outcomes of a run by this clock, whose rows are all written in this run if it starts with empty tables. */
export const listOutcomes = (runner: Runner, clock: Clock, startsEmpty: boolean): OutcomeList => {
  const events = makeEventList();
  const rows = followRows({ read: (key) => readRow(key, runner), startsEmpty });
  let number = 0;
  return {
    events,
    rows,
    add: async (result) => {
      const { eventId, type, customerId, userId, outcome, ms, retries, error, again } = result;
      number += 1;
      const shown = { eventId, type, customerId, userId, outcome, ms, retries, error, again };
      events.add({ key: `${number}`, at: clock.now(), ...shown });
      await rows.add(result);
    },
  };
};

const readRow = (key: string, { dynamodb, graph }: Runner) => {
  const { table, hash, range } = partsOfKey(key);
  const { core, payments } = tableNames(graph);
  return dynamodb.item(table === "core" ? core : payments, hash, range);
};

/** What the console of a runner needs. */
export interface LocalConsoleArgs {
  /** Where the runner listens. */
  url: string;
  runner: Runner;
  clock: Clock;
  outcomes: Pick<OutcomeList, "events" | "rows">;
  /** Takes a value as `POST /events` does. */
  take: (value: unknown) => Promise<Outcome>;
  ending: AbortSignal;
}

/** The console over a runner, with all that a deployed stack does not allow. */
export const localConsole = ({ url, runner, clock, outcomes, take, ending }: LocalConsoleArgs): Hono =>
  makeConsole({
    target: localTarget(url, stackOf(runner.outputs, url)),
    targetText: targetText({ local: url }),
    graph: runner.graph,
    events: outcomes.events,
    now: () => clock.now(),
    canWrite: true,
    workbench: workbenchOf({ runner, outcomes, take }),
    ending,
  });

type WorkbenchArgs = Pick<LocalConsoleArgs, "runner" | "outcomes" | "take">;

const workbenchOf = ({ runner, outcomes, take }: WorkbenchArgs): Workbench => ({
  rowsOf: (eventId) => outcomes.rows.of(eventId),
  send: async (value) => {
    try {
      return await take(value);
    } catch (error) {
      if (error instanceof NotAnEvent) return { problem: error.message };
      throw error;
    }
  },
  faults: () => runner.faults(),
  setFaults: (plan) => runner.setFaults(plan, "The faults"),
});
