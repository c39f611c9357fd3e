import { makeProgressBar } from "../terminal/progress-bar.ts";
import type { Page } from "./run-logs.ts";
import { progressText } from "./run-text.ts";

/** Shows how far a reconciliation has come: a line that changes on a terminal, or else a line for each change. */
export const showRunProgress = (say: (line: string) => void) => {
  // How many pages there are in all, Stripe does not say.
  const bar = makeProgressBar("{text}");
  let last = "";
  return {
    show: (page: Page | null): void => {
      if (!page) return;
      const text = progressText(page.list, page.summary);
      if (last === "") bar?.start(1, 0, { text });
      bar?.update(0, { text });
      if (!bar && text !== last) say(text);
      last = text;
    },
    stop: () => bar?.stop(),
  };
};
