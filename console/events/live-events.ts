import type { Context } from "hono";
import { streamSSE } from "hono/streaming";
import { html } from "hono/html";
import type { ConsoleArgs } from "../console-args.ts";
import type { Markup } from "../html/text.ts";
import { type EventFilter, isShown, type ListedEvent } from "./event-list.ts";

// More in one message would keep the browser busy; the list shows no more of them anyway.
const mostRows = 100;

// Events that come together are sent together.
const gatherMilliseconds = 50;

/** Sends the rows of new events, and of those that have changed, to the list of a browser until it leaves. */
export const liveEvents = (
  c: Context,
  filter: EventFilter,
  rowOf: (event: ListedEvent) => Markup,
  { events, ending }: ConsoleArgs,
): Response =>
  streamSSE(c, async (stream) => {
    const changed = new Map<string, ListedEvent>();
    let wake = () => {};
    const unsubscribe = events.subscribe((event) => {
      if (!isShown(event, filter)) return;
      // The newest of them, in their order.
      changed.delete(event.key);
      changed.set(event.key, event);
      const [oldest] = changed.keys();
      if (changed.size > mostRows && oldest !== undefined) changed.delete(oldest);
      wake();
    });
    const isOpen = () => !stream.aborted && !ending.aborted;
    stream.onAbort(() => wake());
    ending.addEventListener("abort", () => wake(), { once: true });
    try {
      // A first message opens the connection, so that the browser knows that it listens.
      await stream.writeSSE({ event: "open", data: "" });
      while (isOpen()) {
        if (changed.size === 0) await new Promise<void>((woken) => (wake = woken));
        await stream.sleep(gatherMilliseconds);
        const rows = [...changed.values()];
        changed.clear();
        if (rows.length > 0 && isOpen())
          await stream.writeSSE({ event: "rows", data: String(await html`${rows.map(rowOf)}`) });
      }
    } finally {
      unsubscribe();
    }
  });
