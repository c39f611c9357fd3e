import { array, integer, nullable, record, string, type, unknown, validate } from "superstruct";
import { publishedText } from "../../ops/terminal/published-text.ts";
import type { ExecutionTrace, StateTrace } from "../../ops/trace/execution-trace.ts";

/** The state that puts events on the bus for other services. */
export const publishingState = "PublishChanges";

const Change = type({ from: unknown(), to: unknown() });
const Detail = type({
  subject: string(),
  version: integer(),
  changes: nullable(record(string(), Change)),
  state: unknown(),
});
const Input = type({ publish: type({ entries: array(type({ DetailType: string(), Detail })) }) });

/** An event for other services that an execution has put on their bus. */
export interface Published {
  type: string;
  subject: string;
  version: number;
  /** What it says; null where only the log of its mark names it. */
  detail: { changes: Record<string, { from: unknown; to: unknown }> | null; state: unknown } | null;
}

/** What executions have published, each once: from the input of the state that puts it, or else from the log lines of the one that marks it. */
export const publishedBy = (executions: ExecutionTrace[]): Published[] => {
  const all = executions.flatMap(publishedByOne);
  return [...new Map(all.map((one) => [publishedText(one), one])).values()];
};

/**
 * Whether an execution failed when it put its events on the bus, so that some of them may be there; where its log has no such state,
 * whether it failed after it had written.
 */
export const hasFailedToPublish = ({ status, states }: ExecutionTrace): boolean => {
  const state = states.find(({ name }) => name === publishingState);
  return state ? !hasSucceeded(state) : status === "FAILED" && states.some(({ written }) => written.length > 0);
};

const publishedByOne = ({ states }: ExecutionTrace): Published[] => {
  const marked = states.flatMap(({ published }) => published).map((one) => ({ ...one, detail: null }));
  const state = states.find(({ name }) => name === publishingState);
  if (!state || !hasSucceeded(state) || !("value" in state.input)) return marked;
  const [error, input] = validate(state.input.value, Input);
  if (error) return marked;
  return input.publish.entries.map(({ DetailType, Detail: { subject, version, changes, state: after } }) => ({
    type: DetailType,
    subject,
    version,
    detail: { changes, state: after },
  }));
};

const hasSucceeded = ({ attempts }: StateTrace): boolean => attempts.at(-1)?.error === null;
