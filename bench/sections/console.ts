import type { Hono } from "hono";
import { urlOf } from "../../console/http/listen.ts";
import type { EventList } from "../../console/events/event-list.ts";
import { makeAwsApi } from "../../emulator/aws-api.ts";
import { makeSwitchingClock } from "../../emulator/time/switching-clock.ts";
import { listOutcomes, localConsole } from "../../local/console/local-console.ts";
import { listen } from "../../local/http/server.ts";
import { type Runner, startRunner } from "../../local/runner.ts";
import { ownerOfEvent, type StripeEnvelope } from "../../local/stripe-envelope.ts";
import type { Bench } from "../bench-plan.ts";
import { envelopes, makeEvents, takeAll } from "../events.ts";
import { percentile, shortly, spreadOf, textOf } from "../spread.ts";
import type { Row, Section } from "../table.ts";

const liveEvents = 50;

const reads = 20;

const warmups = 5;

/** How soon the console shows an event, and how soon it answers with each of its pages, with many events in its list. */
export const consolePages = async ({ graph, counts }: Bench): Promise<Section> => {
  const { runner, listed, url, stop } = await startConsole(graph);
  try {
    const events = envelopes(makeEvents("listed", counts.grown), graph);
    await takeAll(runner, events, 16);
    const some = envelopes(makeEvents("live", liveEvents), graph).slice(0, liveEvents);
    const since = `/live?since=${listed.changes()}`;
    const live = await watchLive(runner, listed, new URL(since, url), some);
    const rows: Row[] = [
      {
        what: `from an event's outcome to its row, ${live.length} events`,
        figure: `p50 ${shortly(percentile(live, 50))} ms, p99 ${shortly(percentile(live, 99))} ms`,
      },
    ];
    const floors = await timesOf(new URL("/no-such-page", url), 404);
    rows.push({ what: "a page that does not exist", figure: textOf(spreadOf(floors), "ms") });
    for (const [what, path] of Object.entries(pagesOf(events))) {
      const times = await timesOf(new URL(path, url), 200);
      const figure = textOf(spreadOf(times), "ms");
      const ratio = shortly(percentile(times, 50) / percentile(floors, 50));
      rows.push({ what, figure, ratio, floor: "a page that does not exist" });
    }
    return { title: `The console's pages, ${events.length} events in the list, ${reads} reads each`, rows };
  } finally {
    await stop();
  }
};

const startConsole = async (graph: Bench["graph"]) => {
  const clock = makeSwitchingClock();
  const runner = await startRunner({ graph, clock });
  const outcomes = listOutcomes(runner, clock, true);
  const take = async (event: StripeEnvelope) => {
    const outcome = await runner.take(event);
    await outcomes.add(outcome);
    return outcome;
  };
  const pages = Promise.withResolvers<Hono>();
  const aws = makeAwsApi({ ...runner, now: () => clock.now() });
  const noEvent = () => Promise.reject(new Error("The bench posts no event"));
  const { outputs } = runner;
  const server = await listen(0, { take: noEvent, webhookSecret: undefined, aws, outputs }, pages.promise);
  const url = urlOf(server);
  const ending = new AbortController();
  pages.resolve(localConsole({ url, runner, clock, outcomes, take: noEvent, ending: ending.signal }));
  return {
    runner: { ...runner, take },
    listed: outcomes.events,
    url,
    stop: async () => {
      ending.abort();
      server.closeAllConnections();
      server.close();
      await runner.stop();
    },
  };
};

const pagesOf = (events: StripeEnvelope[]): Record<string, string> => {
  const event = events.find(({ detail }) => detail.type === "invoice.paid") ?? events[0];
  const customerId = event && ownerOfEvent(event)?.customerId;
  return {
    "the list": "/",
    "the list, filtered by a customer": `/?customer=${customerId}`,
    "the oldest page of the list": `/?from=${events.length - 50}`,
    "an event": `/events/${event?.detail.id}`,
    "a customer": `/customers/${customerId}`,
    "the system": "/system",
    "the dead letters, none": "/dead-letters",
    "trying things": "/try",
  };
};

const timesOf = async (url: URL, status: number): Promise<number[]> => {
  const times: number[] = [];
  for (let read = -warmups; read < reads; read += 1) {
    const since = performance.now();
    const response = await fetch(url);
    await response.text();
    if (response.status !== status) throw new Error(`${url} answered ${response.status}, not ${status}`);
    if (read >= 0) times.push(performance.now() - since);
  }
  return times;
};

// Has a runner take events one by one, as a browser follows the list; returns how long after its listing each one's row was there.
const watchLive = async (
  runner: Pick<Runner, "take">,
  listed: EventList,
  url: URL,
  events: StripeEnvelope[],
): Promise<number[]> => {
  const following = new AbortController();
  const { body } = await fetch(url, { signal: following.signal });
  if (!body) throw new Error(`${url} sends no live events`);
  const texts = body.pipeThrough(new TextDecoderStream())[Symbol.asyncIterator]();
  // The connection is open.
  await texts.next();
  let since = 0;
  const stop = listed.subscribe(() => (since = performance.now()));
  const times: number[] = [];
  for (const event of events) {
    const taken = runner.take(event);
    for (let seen = ""; !seen.includes(`>${event.detail.id}<`);) {
      const { value, done } = await texts.next();
      if (done) throw new Error(`${url} ended before the row of ${event.detail.id}`);
      seen += value;
    }
    times.push(performance.now() - since);
    await taken;
  }
  stop();
  following.abort();
  return times;
};
