import { styleText } from "node:util";
import { escapeText } from "./escape.ts";
import { cutLine, fitsTerminal } from "./fit.ts";

/** A table of items for a terminal: a line each under the names of these columns, unix seconds as UTC dates; `fit` may cut a line. */
export const tableOf = (
  items: readonly object[],
  columns: readonly string[],
  fit: (line: string) => string = (line) => line,
): string => {
  const rows = items.map((item) => columns.map((column) => cell(column, Object(item)[column])));
  const widths = columns.map((column, index) => Math.max(column.length, ...rows.map((row) => row[index]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    fit(`  ${cells.map((text, index) => text.padEnd(widths[index] ?? 0)).join("  ")}`.trimEnd());
  return [styleText("gray", line(columns)), ...rows.map(line)].join("\n");
};

/** The same on a terminal that is too narrow for all columns: a table below the other, each of those that fit and of the first one. */
export const tablesOf = (items: readonly object[], columns: readonly string[]): string => {
  const groups: string[][] = [];
  for (const column of columns) {
    const group = groups.at(-1);
    if (group && fitsTerminal(tableOf(items, [...group, column]))) group.push(column);
    else groups.push(group ? [...columns.slice(0, 1), column] : [column]);
  }
  return groups.map((group) => tableOf(items, group, cutLine)).join("\n");
};

const timeColumns = [
  "cancel_at",
  "canceled_at",
  "created_at",
  "current_period_end",
  "current_period_start",
  "due_by",
  "ended_at",
  "expires_at",
  "gap_since",
  "pause_resumes_at",
  "stripe_created",
  "trial_end",
  "updated_at",
];

const cell = (column: string, value: unknown): string => {
  if (value === null || value === undefined) return "-";
  if (timeColumns.includes(column)) return new Date(Number(value) * 1000).toISOString().slice(0, 16).replace("T", " ");
  return escapeText(typeof value === "string" ? value : JSON.stringify(value));
};
