import { setTimeout as delay } from "node:timers/promises";
import {
  CancelReplayCommand,
  DescribeReplayCommand,
  type DescribeReplayResponse,
  type EventBridgeClient,
  IllegalStatusException,
} from "@aws-sdk/client-eventbridge";
import { formatTime } from "../terminal/format-time.ts";
import { makeProgressBar } from "../terminal/progress-bar.ts";
import type { ReplayWindow } from "./replay-window.ts";

const shortestMilliseconds = 100;
const longestMilliseconds = 10_000;

/** Polls a replay with backoff, shows its progress, and returns how it ended; cancels it once the signal is aborted. */
export const watchReplay = async (
  eventBridge: EventBridgeClient,
  name: string,
  window: ReplayWindow,
  signal: AbortSignal,
): Promise<DescribeReplayResponse> => {
  const progress = showProgress(window);
  try {
    let isCancelled = false;
    for (let wait = shortestMilliseconds; ; wait = Math.min(2 * wait, longestMilliseconds)) {
      if (signal.aborted && !isCancelled) {
        isCancelled = true;
        wait = shortestMilliseconds;
        await cancel(eventBridge, name);
      }
      const replay = await eventBridge.send(new DescribeReplayCommand({ ReplayName: name }));
      progress.show(replay);
      if (["COMPLETED", "CANCELLED", "FAILED"].includes(`${replay.State}`)) return replay;
      await delay(wait, undefined, isCancelled ? {} : { signal }).catch((error: unknown) => {
        if (!signal.aborted) throw error;
      });
    }
  } finally {
    progress.stop();
  }
};

const cancel = async (eventBridge: EventBridgeClient, name: string): Promise<void> => {
  await eventBridge.send(new CancelReplayCommand({ ReplayName: name })).catch((error: unknown) => {
    // It has already ended.
    if (!(error instanceof IllegalStatusException)) throw error;
  });
};

// A bar on a terminal, else a line for each change.
const showProgress = ({ from, to }: ReplayWindow) => {
  const bar = makeProgressBar("{bar} {state}, {until}");
  let last = "";
  return {
    show: ({ State: state, EventLastReplayedTime: time }: DescribeReplayResponse): void => {
      const until = time ? `up to ${formatTime(time)}` : "nothing yet";
      const value = state === "COMPLETED" ? to.getTime() : (time ?? from).getTime();
      if (last === "") bar?.start(to.getTime() - from.getTime(), 0, { state, until });
      bar?.update(value - from.getTime(), { state, until });
      const line = `${state}, ${until}`;
      if (!bar && line !== last) console.log(line);
      last = line;
    },
    stop: () => bar?.stop(),
  };
};
