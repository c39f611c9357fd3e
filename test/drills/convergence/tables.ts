import { markdownTable } from "../../../bench/table.ts";
import type { Ends, Figures } from "./figures.ts";
import type { Cell } from "./lives.ts";

/** A cell of the table, and what became of its lives. */
export interface Measured {
  cell: Cell;
  figures: Figures;
}

/** How rows end as events arrive: a line for both orders of what else is the same. */
export const arrivedTable = (measured: Measured[]): string =>
  tableOf(measured, [
    ["right", shareOf("arrived", "right")],
    ["`certain`", shareOf("arrived", "certain")],
    ["`certain`, but wrong", ({ arrived }) => `${arrived.certainAndWrong}`],
    ["a gap seen", shareOf("arrived", "gaps")],
  ]);

/** How they end once Stripe was asked about the gaps, and after a night. */
export const mendedTable = (measured: Measured[]): string =>
  tableOf(measured, [
    ["after healing: right", shareOf("healed", "right")],
    ["`certain`", shareOf("healed", "certain")],
    ["calls to Stripe an event", ({ reads, events }) => (reads / events).toFixed(3)],
    ["after the night: right", shareOf("reconciled", "right")],
    ["`certain`", shareOf("reconciled", "certain")],
    ["more calls an event", ({ pages, events }) => (pages / events).toFixed(3)],
  ]);

type Column = [name: string, text: (figures: Figures) => string];

const gapNames = { apart: "at least 1 s", half: "half of them 0 s", none: "all 0 s" };

const shareOf =
  (stage: "arrived" | "healed" | "reconciled", end: keyof Ends): Column[1] =>
  (figures) =>
    percent(figures[stage][end], figures.lives);

const percent = (part: number, whole: number): string =>
  part === 0 || part === whole ? `${(100 * part) / whole} %` : `${((100 * part) / whole).toFixed(1)} %`;

const tableOf = (measured: Measured[], columns: Column[]): string => {
  const head = ["events", "gaps between them", ...columns.map(([name]) => name)];
  const first = measured.filter(({ cell }) => cell.order === "in order");
  const lines = first.map(({ cell, figures }, index) => {
    const shuffled = measured.find((other) => isOtherOrder(other.cell, cell));
    const texts = columns.map(([, text]) => bothOrders(text(figures), shuffled && text(shuffled.figures)));
    return [cell.kind === first[index - 1]?.cell.kind ? "" : cell.kind, gapNames[cell.gaps], ...texts];
  });
  return markdownTable(head, lines);
};

const isOtherOrder = (a: Cell, b: Cell): boolean => a.kind === b.kind && a.gaps === b.gaps && a.order === "shuffled";

// In order, and shuffled.
const bothOrders = (a: string, b = a): string => (a === b ? a : `${a} / ${b}`);
