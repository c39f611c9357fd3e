import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { VirtualClock } from "../../emulator/time/clock.ts";
import { startRunner } from "../../local/runner.ts";
import type { Bench } from "../bench-plan.ts";
import { envelopes, makeEvents, takeAll } from "../events.ts";
import { shortly, spreadOf, textOf } from "../spread.ts";
import type { Row, Section } from "../table.ts";

const slices = 10;

const megabyte = 1024 * 1024;

// Otherwise garbage would count until it is collected.
setFlagsFromString("--expose-gc");
const collectGarbage: () => void = runInNewContext("gc");

/** Whether the time of an event, and the runner's memory, stay the same from the first to the last of many. */
export const growth = async ({ graph, counts }: Bench): Promise<Section> => {
  const runner = await startRunner({ graph, clock: new VirtualClock() });
  const measured: { perSecond: number; resident: number; held: number }[] = [];
  let events = 0;
  try {
    for (let slice = 0; slice < slices; slice += 1) {
      // Made anew for each, as they would fill the memory themselves.
      const some = envelopes(makeEvents(`slice_${slice}`, counts.grown / slices), graph);
      const { seconds } = await takeAll(runner, some, 16);
      events += some.length;
      collectGarbage();
      const { rss, heapUsed } = process.memoryUsage();
      measured.push({ perSecond: some.length / seconds, resident: rss / megabyte, held: heapUsed / megabyte });
    }
  } finally {
    await runner.stop();
  }
  const row = (what: string, values: number[], unit: string): Row => {
    const [first = 0, last = 0] = [values[0], values.at(-1)];
    const figure = `${textOf(spreadOf(values), unit)}; first ${shortly(first)}, last ${shortly(last)}`;
    return { what, figure, ratio: shortly(last / first), floor: "the first tenth" };
  };
  return {
    title: `Growth: ${events} events, concurrency 16, by tenths`,
    rows: [
      row(
        "speed",
        measured.map(({ perSecond }) => perSecond),
        "events/s",
      ),
      row(
        "what the runner's own thread holds",
        measured.map(({ held }) => held),
        "MB",
      ),
      row(
        "memory of the process, with the Lambdas and without DynamoDB",
        measured.map(({ resident }) => resident),
        "MB",
      ),
    ],
  };
};
