import { randomFrom } from "../lives.ts";
import { type Agenda, makeAgenda } from "./agenda.ts";
import type { Figures } from "./figures.ts";
import { type Bucket, makeBucket, makeGate, makePool, type Pool } from "./limits.ts";
import type { Wave } from "./load.ts";
import type { Quotas } from "./quotas.ts";
import { makeTable, type OnDemandTable } from "./table.ts";
import { makeTally, type Tally } from "./tally.ts";
import type { Way } from "./ways.ts";

/** An event on its way: where it is, and how often it was tried there. */
export interface Moving {
  way: Way;
  bornAt: number;
  at: "rule" | "start" | "invoke" | "call" | "return";
  rulesPassed: number;
  /** Which of the way's steps it is at. */
  step: number;
  /** Which of the Lambda's calls to DynamoDB it is at. */
  call: number;
  tries: number;
  callTries: number;
}

/** A second of a wave, whose events are still to be made. */
export interface Coming {
  wave: Wave;
  second: number;
}

/** All that a simulation has. */
export interface World {
  agenda: Agenda<Moving | Coming>;
  random: () => number;
  figures: Figures;
  /** EventBridge's, through which every event goes at every rule. */
  gate: (now: number) => number;
  starts: Bucket;
  pool: Pool;
  /** A table or an index, by its name. */
  table(name: string): OnDemandTable;
  tally: Tally;
}

/** A world in which nothing has happened yet; the same seed makes the same one. */
export const makeWorld = (quotas: Quotas, figures: Figures, seed: number): World => {
  const tables = new Map<string, OnDemandTable>();
  return {
    agenda: makeAgenda(),
    random: randomFrom(seed),
    figures,
    gate: makeGate(quotas.invocationsPerSecond),
    starts: makeBucket(quotas.startBucket, quotas.startsPerSecond),
    pool: makePool(quotas.lambda),
    table: (name) => {
      const table = tables.get(name) ?? makeTable(quotas.table);
      tables.set(name, table);
      return table;
    },
    tally: makeTally(),
  };
};
