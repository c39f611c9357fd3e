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

/**
 * Sends the rows of new events, and of those that have changed, to the list of a browser until it leaves: those since the change that
 * the page was made at, or that the browser has seen last.
 */
export const liveEvents = (
  c: Context,
  filter: EventFilter,
  rowOf: (event: ListedEvent) => Markup,
  { events, ending }: ConsoleArgs,
): Response =>
  streamSSE(c, async (stream) => {
    let seen = Number(c.req.header("last-event-id") ?? c.req.query("since") ?? Number.NaN);
    // It is of the list of another run.
    if (!(seen <= events.changes())) return stream.writeSSE({ event: "outdated", data: "" });
    let wake = () => {};
    const left = new AbortController();
    const unsubscribe = events.subscribe(() => wake());
    stream.onAbort(() => wake());
    ending.addEventListener("abort", () => wake(), { signal: left.signal });
    const isOpen = () => !stream.aborted && !ending.aborted;
    try {
      // A first message opens the connection, so that the browser knows that it listens.
      await stream.writeSSE({ event: "open", data: "" });
      while (isOpen()) {
        if (seen === events.changes()) await new Promise<void>((woken) => (wake = woken));
        await stream.sleep(gatherMilliseconds);
        const rows = events.changedSince(seen).filter((event) => isShown(event, filter));
        seen = events.changes();
        const data = String(await html`${rows.slice(-mostRows).map(rowOf)}`);
        if (rows.length > 0 && isOpen()) await stream.writeSSE({ event: "rows", id: `${seen}`, data });
      }
    } finally {
      unsubscribe();
      left.abort();
    }
  });
