import { stripVTControlCharacters } from "node:util";
import { Help } from "commander";

/** A text broken to fit the terminal, at its spaces or in a word that is too long; all lines have this indent but the first. As it is where stdout is no terminal. */
export const wrapText = (text: string, indent: number): string => wrap(text, indent, "");

/** A command line broken to fit the terminal, which a shell still takes for one line. */
export const wrapCommand = (command: string, indent: number): string => wrap(command, indent, " \\");

const wrap = (text: string, indent: number, lineEnd: string): string => {
  const width = widthOf(process.stdout) - indent - lineEnd.length;
  const help = new Help();
  // It wraps nothing where there is less room.
  if (width === Infinity || width < help.minWidthToWrap) return text;
  const broken = text.replaceAll(/\S+/g, (word) => piecesOf(word, width).join("\n"));
  return help.boxWrap(broken, width).replaceAll("\n", `${lineEnd}\n${" ".repeat(indent)}`);
};

// Such as an ARN; a colour in it is not broken.
const piecesOf = (word: string, width: number): string[] => {
  if (stripVTControlCharacters(word).length <= width) return [word];
  return word.match(new RegExp(`(?:\u001b\\[\\d+m|.){1,${width}}`, "gu")) ?? [];
};

/** A heading and what it is about: on one line where that fits the terminal, or else below it with this indent. */
export const besideOrBelow = (heading: string, text: string, separator = "  ", indent = 2): string => {
  const line = heading + separator + text;
  return fitsTerminal(line) ? line : `${heading.trimEnd()}\n${" ".repeat(indent)}${wrapText(text, indent)}`;
};

/** Whether each line of a text fits the terminal. */
export const fitsTerminal = (text: string): boolean =>
  stripVTControlCharacters(text)
    .split("\n")
    .every(({ length }) => length <= widthOf(process.stdout));

/** A line without control characters, cut to fit the terminal. */
export const cutLine = (line: string): string => {
  const width = widthOf(process.stdout);
  return line.length <= width ? line : `${line.slice(0, width - 1)}…`;
};

// Only a terminal has columns.
const widthOf = ({ columns }: { columns?: number }): number => columns ?? Infinity;
