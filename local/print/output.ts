import { escapeText } from "../../ops/terminal/escape.ts";
import type { Outcome } from "./outcome.ts";
import { lineOf } from "./print.ts";

/** Prints lines, or keeps those of failures and others while a progress bar is shown. */
export const openOutput = (json = false) => {
  let progress: (() => void) | null = null;
  const kept: string[] = [];
  const say = (line: string): void => {
    if (progress) kept.push(line);
    else if (json) console.error(line);
    else console.log(line);
  };
  const printLine = (outcome: Outcome): void => {
    if (json) console.log(escapeText(JSON.stringify(outcome)));
    if (progress ? outcome.error : !json) say(lineOf(outcome));
  };
  return {
    say,
    printLine,
    print: (outcome: Outcome): void => {
      progress?.();
      printLine(outcome);
    },
    showProgress: (next: (() => void) | null): void => {
      progress = next;
      for (const line of next ? [] : kept.splice(0)) say(line);
    },
  };
};
