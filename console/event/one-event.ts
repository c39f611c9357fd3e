import type { Trace } from "../../ops/trace/read-trace.ts";
import type { RowChange } from "../console-args.ts";
import type { ListedEvent } from "../events/listed-event.ts";

/** All that is known of an event. */
export interface OneEvent {
  id: string;
  /** Since when the logs were searched. */
  since: Date;
  /** Null where the logs cannot be searched for such an id. */
  trace: Trace | null;
  /** Its rows in the list of events, the newest first. */
  rows: ListedEvent[];
  /** What it made of its rows; nothing on a deployed stack. */
  changes: RowChange[];
}
