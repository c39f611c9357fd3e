import { setTimeout as delay } from "node:timers/promises";
import {
  CancelReplayCommand,
  DescribeReplayCommand,
  type DescribeReplayResponse,
  type EventBridgeClient,
  IllegalStatusException,
} from "@aws-sdk/client-eventbridge";
import { SingleBar } from "cli-progress";
import { type ReplayWindow, said } from "./replay-window.ts";

const shortest = 100;
const longest = 10_000;

/** Shows how far a replay is until it has ended, and returns how it ended; once the signal is aborted it cancels the replay first. */
export const watchReplay = async (
  eventBridge: EventBridgeClient,
  name: string,
  window: ReplayWindow,
  signal: AbortSignal,
): Promise<DescribeReplayResponse> => {
  const progress = makeProgress(window);
  try {
    let isCancelled = false;
    for (let wait = shortest; ; wait = Math.min(2 * wait, longest)) {
      if (signal.aborted && !isCancelled) {
        isCancelled = true;
        wait = shortest;
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
    // It has ended by itself.
    if (!(error instanceof IllegalStatusException)) throw error;
  });
};

// A bar on a terminal, else a line for each step.
const makeProgress = ({ from, to }: ReplayWindow) => {
  const format = "{bar} {state}, {until}";
  const bar = process.stderr.isTTY ? new SingleBar({ format, stream: process.stderr }) : null;
  let last = "";
  return {
    show: ({ State: state, EventLastReplayedTime: time }: DescribeReplayResponse): void => {
      const until = time ? `up to ${said(time)}` : "nothing yet";
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
