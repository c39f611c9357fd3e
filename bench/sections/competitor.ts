import { VirtualClock } from "../../local/clock.ts";
import type { Json } from "../../local/sample-events.ts";
import { startRunner } from "../../local/runner.ts";
import type { Bench } from "../bench-plan.ts";
import { envelopes, takeAll } from "../events.ts";
import { makeLife, randomFrom } from "../lives.ts";
import { shortly } from "../spread.ts";
import { openSyncEngine } from "../sync-engine.ts";
import type { Section } from "../table.ts";

const name = "@supabase/stripe-sync-engine on PostgreSQL";

/** How many events of subscriptions a second the runner takes, beside the competitor. */
export const competitor = async ({ graph, counts }: Bench): Promise<Section> => {
  const title = "Events of subscriptions alone, 16 side by side";
  const engine = await openSyncEngine();
  if (!engine) return { title, rows: [{ what: name, figure: "it, or a PostgreSQL, is not here" }] };
  const [warmup, events] = [livesOf("warmup", counts.events / 4), livesOf("beside", counts.events)];
  const runner = await startRunner({ graph, clock: new VirtualClock() });
  try {
    await takeAll(runner, envelopes(warmup, graph), 16);
    await engine.run(warmup);
    const { seconds } = await takeAll(runner, envelopes(events, graph), 16);
    const since = performance.now();
    await engine.run(events);
    const theirs = events.length / ((performance.now() - since) / 1000);
    const ours = events.length / seconds;
    return {
      title,
      rows: [
        { what: `${name}, version ${engine.version}`, figure: `${shortly(theirs)} events/s` },
        {
          what: "the runner",
          figure: `${shortly(ours)} events/s`,
          ratio: shortly(theirs / ours),
          floor: "that, in time",
        },
      ],
    };
  } finally {
    await runner.stop();
    await engine.close();
  }
};

const livesOf = (prefix: string, count: number): Json[] => {
  const random = randomFrom(1);
  const events: Json[] = [];
  while (events.length < count) {
    events.push(...makeLife({ name: `${prefix}_${events.length}`, random, gaps: "apart", late: 0 }).events);
  }
  return events;
};
