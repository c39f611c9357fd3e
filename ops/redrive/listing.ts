import { styleText } from "node:util";
import { escapeLines, escapeText } from "../terminal/escape.ts";
import { wrapText } from "../terminal/fit.ts";
import type { DeadLetter } from "./dead-letter.ts";
import type { RedriveResult } from "./redrive-one.ts";
import type { Selection } from "./selection.ts";

// More would hide the other groups; `--json` has them all.
const mostNamed = 5;

const mostCharacters = 160;

/** The content of a queue for a person: grouped by machine and error, the largest group first. */
export const listingText = ({ selected, unreadable, others }: Selection): string => {
  const lines = groupsOf(selected).flatMap(groupLines);
  for (const [problem, messages] of Map.groupBy(unreadable, (one) => one.problem)) {
    lines.push(countColumn(messages.length) + wrapText(`cannot be redriven: ${escapeText(problem)}`, 7));
    lines.push(indented(`message ${named(messages.map(({ message }) => `${message.MessageId}`))}`));
  }
  if (others.length > 0) lines.push(`${countColumn(others.length)}not selected`);
  return lines.join("\n");
};

/** Dead letters by machine and error, the largest group first. */
export const groupsOf = (deadLetters: DeadLetter[]): DeadLetter[][] =>
  [...Map.groupBy(deadLetters, ({ machine, errorName }) => `${machine}  ${errorName}`).values()].toSorted(
    (a, b) => b.length - a.length,
  );

const groupLines = (group: DeadLetter[]): string[] => {
  const [first] = group;
  if (!first) return [];
  const { machine, errorName, errorMessage, at } = first;
  const heading = styleText("bold", `${machine}  ${escapeText(errorName)}`);
  return [
    countColumn(group.length) + wrapText(`${heading}  since ${at.toISOString().slice(0, 16)}Z`, 7),
    ...(errorMessage ? [indented(escapeText(errorMessage).slice(0, mostCharacters))] : []),
    indented(named(group.map(({ eventId }) => eventId))),
  ];
};

const indented = (text: string): string => `       ${wrapText(text, 7)}`;

const countColumn = (count: number): string => `${count}`.padStart(5) + "  ";

const named = (ids: string[]): string => {
  const each = [...Map.groupBy(ids, (id) => id)].map(
    ([id, { length }]) => `${escapeText(id)}${length > 1 ? ` (${length})` : ""}`,
  );
  const more = each.length > mostNamed ? `, and ${each.length - mostNamed} more` : "";
  return each.slice(0, mostNamed).join(", ") + more;
};

/** The content of a queue as JSON: every dead letter without its event, with its result where it was redriven. */
export const listingJson = (
  { selected, unreadable, others }: Selection,
  results: ReadonlyMap<DeadLetter, RedriveResult> = new Map(),
): string => {
  const deadLetters = selected.map((deadLetter) => {
    const { message, event: _, ...fields } = deadLetter;
    return { messageId: message.MessageId, ...fields, ...results.get(deadLetter) };
  });
  const problems = unreadable.map(({ message, problem }) => ({ messageId: message.MessageId, problem }));
  return escapeLines(JSON.stringify({ deadLetters, unreadable: problems, notSelected: others.length }, null, 2));
};

/** The result of one redrive, on a line where that fits the terminal. */
export const resultLine = ({ eventId, machine }: DeadLetter, { status, reason }: RedriveResult): string =>
  status.padEnd(14) + wrapText(`${escapeText(eventId)}  ${machine}  ${escapeText(reason)}`.trimEnd(), 14);

/** How many dead letters had each result, on a line. */
export const resultSummary = (statuses: RedriveResult["status"][]): string =>
  (["redriven", "failed again", "parked", "left"] as const)
    .map((status) => `${statuses.filter((one) => one === status).length} ${status}`)
    .join(", ");
