import type { EventLedger } from "../../../lambdas/ledger/event-ledger.ts";
import { resolveState } from "../../../lambdas/ledger/resolve-state.ts";
import { matchesGroundTruth } from "../../../samples/subscription-history.ts";
import { rowOf } from "../../helpers/play-life.ts";
import type { Life } from "./lives.ts";
import { closeGap, pagesOf, reconcile } from "./healing.ts";

/** How many of some lives end so. */
export interface Ends {
  right: number;
  certain: number;
  certainAndWrong: number;
  /** That show a gap. */
  gaps: number;
}

/** What became of some lives, and what it took of Stripe's API. */
export interface Figures {
  lives: number;
  /** That arrived, those twice that did so. */
  events: number;
  arrived: Ends;
  healed: Ends;
  /** Calls for single subscriptions, because of their gaps. */
  reads: number;
  /** After healing and a night. */
  reconciled: Ends;
  /** Calls for pages of the list of all. */
  pages: number;
}

/** A life, and the ledger of those of its events that arrived. */
export interface EndedLife extends Life {
  ledger: EventLedger;
}

/** Counts how lives end, as they are, after healing, and after the night. */
export const figuresOf = (lives: EndedLife[]): Figures => {
  const healed = lives.map((life) => ({ ...life, ...closeGap(life.history, life.ledger) }));
  const reconciled = healed.map((life) => ({ ...life, ledger: reconcile(life.history, life.ledger) }));
  return {
    lives: lives.length,
    events: sum(lives.map(({ events }) => events.length)),
    arrived: endsOf(lives),
    healed: endsOf(healed),
    reads: sum(healed.map(({ reads }) => reads)),
    reconciled: endsOf(reconciled),
    pages: pagesOf(lives.length),
  };
};

/** What must not be: a state that is `certain` and wrong; a gap after a read, or a second one; after the night, anything but the truth. */
export const complaintsAbout = ({ arrived, healed, reconciled, lives, reads }: Figures): string[] => {
  const counts: [string, number][] = [
    ["certain and wrong as they arrived", arrived.certainAndWrong],
    ["certain and wrong after healing", healed.certainAndWrong],
    ["with a gap after healing", healed.gaps],
    ["calls for gaps beyond one a life", reads - arrived.gaps],
    ["wrong after the night", lives - reconciled.right],
    ["assumed after the night", lives - reconciled.certain],
    ["with a gap after the night", reconciled.gaps],
  ];
  return counts.filter(([, count]) => count !== 0).map(([what, count]) => `${what}: ${count}`);
};

const endsOf = (lives: EndedLife[]): Ends => {
  const ends = lives.map(({ history, ledger }) => {
    const resolved = resolveState(ledger);
    const row = rowOf({ [history.subscriptionId]: { created: 0, ledger, resolved } });
    const [isRight, isCertain] = [matchesGroundTruth(row, history.end), row.order === "certain"];
    return { isRight, isCertain, isGap: row.gap_since !== null };
  });
  return {
    right: ends.filter(({ isRight }) => isRight).length,
    certain: ends.filter(({ isCertain }) => isCertain).length,
    certainAndWrong: ends.filter(({ isRight, isCertain }) => isCertain && !isRight).length,
    gaps: ends.filter(({ isGap }) => isGap).length,
  };
};

const sum = (numbers: number[]): number => numbers.reduce((total, number) => total + number, 0);
