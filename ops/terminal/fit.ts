import { stripVTControlCharacters } from "node:util";
import { Help } from "commander";

/** A text broken at its spaces to fit the terminal, where all lines have this indent but the first; as it is where stdout is no terminal. */
export const wrapText = (text: string, indent: number): string => {
  const width = widthOf(process.stdout);
  if (width === Infinity) return text;
  return new Help().boxWrap(text, width - indent).replaceAll("\n", `\n${" ".repeat(indent)}`);
};

/** A heading and what it is about: on one line where that fits the terminal, or else below it with an indent of two. */
export const besideOrBelow = (heading: string, text: string, separator = "  "): string => {
  const line = heading + separator + text;
  const width = stripVTControlCharacters(line).length;
  return width <= widthOf(process.stdout) ? line : `${heading}\n  ${wrapText(text, 2)}`;
};

/** A line without control characters, cut to fit the terminal. */
export const cutLine = (line: string): string => {
  const width = widthOf(process.stdout);
  return line.length <= width ? line : `${line.slice(0, width - 1)}…`;
};

// Only a terminal has columns.
const widthOf = ({ columns }: { columns?: number }): number => columns ?? Infinity;
