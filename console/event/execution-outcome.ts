import type { ExecutionTrace } from "../../ops/trace/execution-trace.ts";
import { type Tone, toneOf } from "../html/text.ts";

/** What became of an execution, in a word, and how good that is. */
export const badgeOfExecution = ({ status, states }: ExecutionTrace): { word: string; tone: Tone } => {
  const outcome = states.findLast((state) => state.outcome !== null)?.outcome;
  if (status === "FAILED" || status === "TIMED_OUT")
    return { word: status.toLowerCase().replace("_", " "), tone: "bad" };
  const word = outcome ?? (status === null ? "unknown" : "succeeded");
  return { word, tone: toneOf(word) };
};
