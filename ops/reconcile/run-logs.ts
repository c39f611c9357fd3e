import { type CloudWatchLogsClient, paginateFilterLogEvents } from "@aws-sdk/client-cloudwatch-logs";
import { array, type Infer, nullable, optional, string, type Struct, type, unknown, validate } from "superstruct";
import { parseJson } from "../../emulator/graph/json.ts";
import { pause } from "../command/follow-execution.ts";
import { Summary } from "./run-output.ts";

const Difference = type({
  kind: string(),
  id: string(),
  userId: optional(nullable(string())),
  outcome: string(),
  reason: optional(nullable(string())),
  differences: array(type({ field: string(), ours: unknown(), stripes: unknown() })),
});

/** An object that differs from Stripe's, and what became of it. */
export type Difference = Infer<typeof Difference>;

const Page = type({ list: string(), summary: Summary });

/** How far a reconciliation has come. */
export type Page = Infer<typeof Page>;

/** How long lines are waited for. */
export interface Patience {
  signal: AbortSignal;
  /** How long the log may stay as it is. */
  quietSeconds: number;
}

/** The log of a reconciliation, as far as it is read. */
export interface RunLogs {
  /** Reads what an execution has logged since. */
  read(executionArn: string): Promise<void>;
  /** Reads on until so many differences are there, or the log stays as it is. */
  readUntil(executionArn: string, differences: number, patience: Patience): Promise<void>;
  /** The newest page that was logged. */
  page(): Page | null;
  differences(): Difference[];
}

// Lines come late, and not in their order.
const lateMilliseconds = 60_000;

/** Opens the log of the executions of a reconciliation that began then. */
export const openRunLogs = (logs: CloudWatchLogsClient, logGroupName: string, since: Date): RunLogs => {
  let newest = since.getTime();
  let page: Page | null = null;
  // A page that is tried again logs its objects again.
  const differences = new Map<string, Difference>();
  const take = (text: string): void => {
    const line = Object(parseJson(text)).message;
    const next = read(line, "Page reconciled", Page);
    if (next && next.summary.pages >= (page?.summary.pages ?? 0)) page = next;
    const difference = read(line, "Differs", Difference);
    // Without what every line of a Lambda has.
    if (difference) differences.set(`${difference.kind} ${difference.id}`, differenceOf(difference));
  };
  const readAll = async (executionArn: string): Promise<void> => {
    const filterPattern = `{ $.message.execution = "${executionArn}" }`;
    const startTime = Math.max(0, newest - lateMilliseconds);
    for await (const { events = [] } of paginateFilterLogEvents(
      { client: logs },
      { logGroupName, filterPattern, startTime },
    )) {
      for (const { timestamp = 0, message = "" } of events) {
        newest = Math.max(newest, timestamp);
        take(message);
      }
    }
  };
  return {
    read: readAll,
    // They come some seconds after what they say; more than are counted come where a page was tried again.
    readUntil: async (executionArn, wanted, { signal, quietSeconds }) => {
      let count = -1;
      for (let quiet = 0; quiet <= quietSeconds && !signal.aborted; quiet += 1) {
        await readAll(executionArn);
        if (differences.size >= wanted) return;
        if (differences.size > count) quiet = 0;
        count = differences.size;
        await pause(1000, signal);
      }
    },
    page: () => page,
    differences: () => [...differences.values()],
  };
};

const differenceOf = ({ kind, id, userId, outcome, reason, differences }: Difference): Difference => ({
  kind,
  id,
  userId,
  outcome,
  reason,
  differences,
});

const read = <T, S>(line: unknown, message: string, struct: Struct<T, S>): T | null => {
  const [error, value] = validate(line, struct);
  return error || Object(line).message !== message ? null : value;
};
