import type { FaultPlan } from "../emulator/faults/faults.ts";
import type { Graph } from "../emulator/graph/graph.ts";
import type { Target } from "../ops/command/target.ts";
import type { EventList } from "./events/event-list.ts";

/** What the console shows, and what may be done in it. */
export interface ConsoleArgs {
  /** The stack, and how its services are called. */
  target: Target;
  /** The options that name this stack on a command line, such as `--stack prod`. */
  targetText: string;
  /** What the program makes for the stack. */
  graph: Graph;
  events: EventList;
  /** Milliseconds since 1970, by the clock of the stack. */
  now: () => number;
  /** Whether it may change anything: redrive, park, reconcile. */
  canWrite: boolean;
  /** What only a local runner can do; absent on a deployed stack. */
  workbench?: Workbench;
  /** Aborted once the server ends: open streams end then. */
  ending: AbortSignal;
}

/** What an event made of a row. */
export interface RowChange {
  /** `<table> <PK> <SK>`. */
  key: string;
  /** Its attributes before; null where there was no row, `unknown` where the runner does not know any more, or did not yet. */
  before: Record<string, unknown> | null | "unknown";
  /** Its attributes once the outcome of the event was known. */
  after: Record<string, unknown>;
}

/** What only a local runner can do. */
export interface Workbench {
  /** Takes a value as `POST /events` does, and returns the event's id and outcome, or why it is no event. */
  send(value: unknown): Promise<{ eventId: string; outcome: string } | { problem: string }>;
  /** The rows that an event has written, by its id, in the order of the writes; of the newest events only. */
  rowsOf(eventId: string): RowChange[];
  /** The faults that are injected now. */
  faults(): FaultPlan;
  /** Injects the faults of this plan alone; throws an `EmulatorError` for what is no plan for the graph. */
  setFaults(plan: unknown): Promise<void>;
}
