import { handledTypes } from "../../infra/workflows.ts";
import { escapeText } from "../terminal/escape.ts";
import { wrapText } from "../terminal/fit.ts";
import { isKnownError } from "./known-errors.ts";
import { standardMachines } from "./standard-machines.ts";
import { type Filters, isReadable, type Selection } from "./selection.ts";

// More would fill the screen; `--json` has them all.
const mostNamed = 20;

/** Why no dead letter of a queue passes the filters, and the exit code: 2 if a filter names a type that is not handled, or an error that is not known, and the queue has none of it; else 1. */
export const explainNoMatch = ({ others }: Selection, filters: Filters): { text: string; exitCode: 1 | 2 } => {
  const deadLetters = others.filter(isReadable);
  const types = countsOf(deadLetters.map(({ type }) => type));
  const errors = countsOf(deadLetters.map(({ errorName }) => errorName));
  const events = countsOf(deadLetters.map(({ eventId }) => eventId));
  const unknown = [
    ...(filters.type ?? []).filter(
      (type) => !types.has(type) && !handledTypes.includes(type) && !(type in standardMachines),
    ),
    ...(filters.error ?? []).filter((error) => !errors.has(error) && !isKnownError(error)),
  ];
  const lines = [
    "No dead letter matches these filters. In the queue are",
    `  types   ${wrapText(named(types), 10)}`,
    `  errors  ${wrapText(named(errors), 10)}`,
    `  events  ${wrapText(named(events), 10)}`,
    ...unknown.map((name) =>
      wrapText(`${escapeText(name)} is not in the queue, and no known type or error: check the spelling.`, 2),
    ),
  ];
  return { text: lines.join("\n"), exitCode: unknown.length > 0 ? 2 : 1 };
};

const countsOf = (names: string[]): Map<string, number> =>
  new Map([...Map.groupBy(names, (name) => name)].map(([name, same]) => [name, same.length]));

const named = (counts: Map<string, number>): string => {
  const each = [...counts].map(([name, count]) => `${escapeText(name)}${count > 1 ? ` (${count})` : ""}`);
  const left = each.length - mostNamed;
  return (
    each.slice(0, mostNamed).join(", ") + (left > 0 ? `, and ${left} more (--dry-run --json lists all)` : "") || "none"
  );
};
