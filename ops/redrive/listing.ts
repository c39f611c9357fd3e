import { styleText } from "node:util";
import type { Letter, Letters } from "./letters.ts";
import type { Fate } from "./redrive-one.ts";

// More would hide the other groups.
const mostNamed = 5;

/** What is in a queue, as a person reads it: grouped by machine and error, the largest group first. */
export const listingOf = ({ wanted, unreadable, others }: Letters): string => {
  const groups = Map.groupBy(wanted, ({ letter }) => `${letter.machine}  ${letter.errorName}`);
  const lines = [...groups].toSorted(([, a], [, b]) => b.length - a.length).flatMap(([, letters]) => linesOf(letters));
  const problems = Map.groupBy(unreadable, ({ problem }) => problem);
  for (const [problem, letters] of problems) {
    lines.push(`${counted(letters.length)}cannot be started again: ${problem}`);
    lines.push(`       message ${named(letters.map(({ message }) => `${message.MessageId}`))}`);
  }
  if (others > 0) lines.push(`${counted(others)}not asked for`);
  return lines.join("\n");
};

const linesOf = (letters: Letter[]): string[] => {
  const [first] = letters;
  if (!first) return [];
  const { machine, errorName, errorMessage, at } = first.letter;
  return [
    `${counted(letters.length)}${styleText("bold", `${machine}  ${errorName}`)}  since ${at.toISOString().slice(0, 16)}Z`,
    ...(errorMessage ? [`       ${errorMessage.replaceAll(/\s+/g, " ").slice(0, 160)}`] : []),
    `       ${named(letters.map(({ letter }) => letter.eventId))}`,
  ];
};

const counted = (count: number): string => `${count}`.padStart(5) + "  ";

const named = (ids: string[]): string => {
  const each = [...Map.groupBy(ids, (id) => id)].map(([id, { length }]) => (length > 1 ? `${id} (${length})` : id));
  const more = each.length > mostNamed ? `, and ${each.length - mostNamed} more` : "";
  return each.slice(0, mostNamed).join(", ") + more;
};

/** What became of one letter, on a line. */
export const fateLine = ({ letter }: Letter, { fate, reason }: Fate): string =>
  `${fate.padEnd(12)}  ${letter.eventId}  ${letter.machine}  ${reason}`.trimEnd();

/** How many letters had each fate, on a line. */
export const fateSummary = (fates: Fate["fate"][]): string =>
  (["redriven", "failed again", "parked", "left"] as const)
    .map((fate) => `${fates.filter((one) => one === fate).length} ${fate}`)
    .join(", ");
