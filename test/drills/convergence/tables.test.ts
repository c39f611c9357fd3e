import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Figures } from "./figures.ts";
import type { Cell } from "./lives.ts";
import { arrivedTable, mendedTable } from "./tables.ts";

const test = suite("the tables of convergence");

const figures: Figures = {
  lives: 30,
  events: 240,
  arrived: { right: 30, certain: 10, certainAndWrong: 0, gaps: 20 },
  healed: { right: 30, certain: 29, certainAndWrong: 0, gaps: 0 },
  reads: 20,
  reconciled: { right: 30, certain: 30, certainAndWrong: 0, gaps: 0 },
  pages: 1,
};

const measured = (["apart", "none"] as const).flatMap((gaps) =>
  (["in order", "shuffled"] as const).map((order) => {
    const cell: Cell = { kind: "one in the middle never arrives", gaps, order };
    const isLast = gaps === "none" && order === "shuffled";
    return { cell, figures: isLast ? { ...figures, reads: 15, arrived: { ...figures.arrived, right: 29 } } : figures };
  }),
);

test("have a line for both orders, one figure where it is the same for both, and name a kind once", () => {
  const [head = "", , ...lines] = arrivedTable(measured).split("\n");
  const cellsOf = (line: string) =>
    line
      .slice(2, -1)
      .split("|")
      .map((cell) => cell.trim());
  assert.equal(cellsOf(head), [
    "events",
    "gaps between them",
    "right",
    "`certain`",
    "`certain`, but wrong",
    "a gap seen",
  ]);
  assert.equal(lines.map(cellsOf), [
    ["one in the middle never arrives", "at least 1 s", "100 %", "33.3 %", "0", "66.7 %"],
    ["", "all 0 s", "100 % / 96.7 %", "33.3 %", "0", "66.7 %"],
  ]);
});

test("say what healing and the night mend, and what they ask of Stripe for each event", () => {
  const [, , ...lines] = mendedTable(measured).split("\n");
  assert.match(lines[0] ?? "", /s +\| 100 % +\| 96\.7 % +\| 0\.083 +\| 100 % +\| 100 % +\| 0\.004 +\|$/);
  assert.match(lines[1] ?? "", /\| 0\.083 \/ 0\.063 +\|/);
});

test.run();
