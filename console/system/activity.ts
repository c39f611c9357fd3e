import type { QueueDepth } from "../../ops/system/read-queues.ts";
import { counted } from "../../ops/terminal/counted.ts";
import type { DrawnEdge, DrawnNode } from "../drawing/draw.ts";
import { inAddress, type Tone } from "../html/text.ts";
import type { SystemState } from "./figures.ts";
import type { Part } from "./parts.ts";

/** What parts of one kind did in the last hour, or what waits in a queue. */
export interface Activity {
  count: number;
  failed: number;
  /** Both in words. */
  text: string;
  tone: Tone;
}

/** The activity of parts of one kind; null for a kind that has no figures, or where they could not be read. */
export const activityOf = (parts: readonly Part[], state: SystemState): Activity | null => {
  const kind = parts[0]?.kind;
  const counts = parts.map((part) => countsOf(part, state));
  const sum = (index: 0 | 1) => counts.reduce((total, one) => total + one[index], 0);
  const [count, failed] = [sum(0), sum(1)];
  const word = words[kind ?? ""]?.(count);
  if (word === undefined || state.problem !== null) return null;
  const tone = count > 0 ? (kind === "queue" ? "warn" : "good") : "plain";
  return failed > 0
    ? { count, failed, text: `${word}, ${failed} failed`, tone: "bad" }
    : { count, failed, text: word, tone };
};

/** How often rules matched, for the arrow from their bus. */
export const matchedEdge = (rules: readonly Part[], state: SystemState): Pick<DrawnEdge, "label" | "isTaken"> => {
  const count = activityOf(rules, state)?.count ?? 0;
  return count > 0 ? { label: `${count}`, isTaken: true } : {};
};

/** A part as a box that leads to its page. */
export const drawnPart = (part: Part, state: SystemState): DrawnNode => {
  const { kind, name, arn } = part;
  const { text, tone = "plain" } = activityOf([part], state) ?? {};
  return { id: arn, kind, label: name, note: text, tone, href: `/system/${inAddress(name)}` };
};

const words: Readonly<Record<string, (count: number) => string>> = {
  rule: (count) => `${count} matched`,
  "state machine": (count) => counted(count, "execution"),
  Lambda: (count) => counted(count, "call"),
  queue: (count) => `${count} waiting`,
};

// How often a part did its work, and how often it failed.
const countsOf = ({ kind, name }: Part, { figures, queues }: SystemState): [count: number, failed: number] => {
  const { matched = 0, failed: undelivered = 0 } = (kind === "rule" && figures.rules[name]) || {};
  const { started = 0, failed = 0, timedOut = 0 } = (kind === "state machine" && figures.machines[name]) || {};
  const { invocations = 0, errors = 0 } = (kind === "Lambda" && figures.lambdas[name]) || {};
  const depths: Readonly<Record<string, QueueDepth>> = {
    "dead-letter-queue": queues.deadLetters,
    parked: queues.parked,
  };
  const { visible = 0, inFlight = 0 } = (kind === "queue" && depths[name]) || {};
  return [matched + started + invocations + visible + inFlight, undelivered + failed + timedOut + errors];
};
