import { isEnded } from "../../lambdas/ledger/subscription-state.ts";
import type { Tone } from "../html/text.ts";
import { type PlacedState, stepOf } from "./placed-states.ts";
import { statusTone } from "./status.ts";

/** A stretch of a subscription's life, in unix seconds. */
export interface Band {
  /** `status`: what it was; `plan`: what was to come, or was paused. */
  row: "status" | "plan";
  word: string;
  /** Whether the status is known: not where what is logged does not follow from each other; then the word names both, if it can. */
  isKnown: boolean;
  tone: Tone;
  from: number;
  to: number;
}

// What begins and ends the bands below those of the status.
const plans = [
  { begins: "cancellation_scheduled", ends: ["reactivated", "cancelled"], word: "to be cancelled" },
  { begins: "collection_paused", ends: ["collection_resumed", "cancelled"], word: "collection paused" },
];

/** From when to when a life is shown, and the status that the row has, if it is the row's. */
export interface BandsArgs {
  begin: number;
  end: number;
  status: string | null;
}

/** The bands of one subscription between two times. */
export const bandsOf = (states: PlacedState[], args: BandsArgs): Band[] => [
  ...statusBands(turnsOf(states), args),
  ...planBands(states, args.end),
];

/** A change of the status: from one of these, if any is named, to this; null where that is not known. */
interface Turn {
  time: number;
  from: string[];
  to: string | null;
}

// The order within a second is not logged.
const turnsOf = (states: PlacedState[]): Turn[] =>
  [...Map.groupBy(states, ({ time }) => time)].flatMap(([time, all]) => {
    const events = all.filter(({ by }) => by === "event");
    const others = all.filter(({ by }) => by !== "event");
    return [events, ...others.map((one) => [one])].flatMap((own) => turnOf(time, own));
  });

const turnOf = (time: number, states: PlacedState[]): Turn[] => {
  const steps = states.flatMap((state) => stepOf(state) ?? []);
  const entered = steps.map(({ to }) => to);
  const left = steps.flatMap(({ from }) => from ?? []);
  const ended = entered.find((status) => isEnded({ status }));
  if (ended !== undefined) return [{ time, from: without(left, entered), to: ended }];
  if (states.some(({ says }) => says === null)) return [{ time, from: [], to: null }];
  const [first, ...others] = new Set(without(entered, left));
  if (first !== undefined) return [{ time, from: without(left, entered), to: others.length === 0 ? first : null }];
  // It comes back to where it was: that says something only if it never was another.
  const [only, ...more] = new Set(entered);
  return only !== undefined && more.length === 0 ? [{ time, from: [only], to: only }] : [];
};

const without = (all: string[], others: string[]): string[] => {
  const rest = [...all];
  for (const one of others) if (rest.includes(one)) rest.splice(rest.indexOf(one), 1);
  return rest;
};

const statusBands = (changes: Turn[], { begin, end, status }: BandsArgs): Band[] => {
  const before = changes[0] ? changes[0].from[0] : status;
  const turns = [...(before ? [{ time: begin, from: [], to: before }] : []), ...changes];
  const row = { time: end, from: status === null ? [] : [status] };
  const bands: Band[] = [];
  for (const [index, { time, to }] of turns.entries()) {
    const next = turns[index + 1] ?? row;
    if (next !== row && next.time <= time) continue;
    const isKnown = to !== null && (next.from.length === 0 || next.from.includes(to));
    const word = isKnown ? to : to !== null && next.from.length === 1 ? `${to} → ${next.from[0]}` : "not known";
    const last = bands.at(-1);
    if (last?.word === word) last.to = next.time;
    else bands.push({ row: "status", word, isKnown, tone: statusTone(word), from: time, to: next.time });
  }
  return bands;
};

const planBands = (states: PlacedState[], end: number): Band[] => {
  const changes = states.flatMap(({ time, says }) => (says ?? []).map(({ change }) => ({ change, time })));
  return plans.flatMap(({ begins, ends, word }) =>
    changes.flatMap(({ change, time }, index): Band[] => {
      if (change !== begins) return [];
      const last = changes.slice(index + 1).find((one) => ends.includes(one.change) || one.change === begins);
      return [{ row: "plan", word, isKnown: true, tone: "warn", from: time, to: last?.time ?? end }];
    }),
  );
};
