import { counted } from "../../ops/terminal/counted.ts";
import type { DrawnNode } from "../drawing/draw.ts";
import { inAddress, type Tone } from "../html/text.ts";
import type { SystemState } from "./figures.ts";
import type { Part } from "./parts.ts";

/** What parts of one kind did in the last hour, or what waits in a queue. */
export interface Activity {
  count: number;
  /** It and how often they failed, in words. */
  text: string;
  tone: Tone;
}

/** The activity of parts of one kind; null for a kind that has no figures, or where they could not be read. */
export const activityOf = (parts: readonly Part[], state: SystemState): Activity | null => {
  const kind = `${parts[0]?.kind}`;
  const counts = parts.map((part) => countsOf(part, state));
  const count = counts.reduce((sum, [own]) => sum + own, 0);
  const failed = counts.reduce((sum, [, own]) => sum + own, 0);
  const word = words[kind]?.(count);
  if (word === undefined || state.problem !== null) return null;
  if (failed > 0) return { count, text: `${word}, ${failed} failed`, tone: "bad" };
  return { count, text: word, tone: count === 0 ? "plain" : kind === "queue" ? "warn" : "good" };
};

/** How often rules matched. */
export const matchesOf = (rules: readonly Part[], state: SystemState): number => activityOf(rules, state)?.count ?? 0;

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
  const depths = new Map([
    ["dead-letter-queue", queues.deadLetters],
    ["parked", queues.parked],
  ]);
  const { matched = 0, failed: undelivered = 0 } = (kind === "rule" && figures.rules[name]) || {};
  const { started = 0, failed = 0, timedOut = 0 } = (kind === "state machine" && figures.machines[name]) || {};
  const { invocations = 0, errors = 0 } = (kind === "Lambda" && figures.lambdas[name]) || {};
  const { visible = 0, inFlight = 0 } = (kind === "queue" && depths.get(name)) || {};
  return [matched + started + invocations + visible + inFlight, undelivered + failed + timedOut + errors];
};
