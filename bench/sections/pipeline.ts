import { Agent, request } from "node:http";
import { VirtualClock } from "../../emulator/time/clock.ts";
import { forkDynamoDB, startDynamoDB } from "../../emulator/dynamodb/dynamodb.ts";
import { otherTables } from "../../local/product.ts";
import { startRunner } from "../../local/runner.ts";
import { makeKeyedQueue } from "../../emulator/time/keyed-queue.ts";
import type { Bench } from "../bench-plan.ts";
import type { SeenCall } from "../cost/counting-proxy.ts";
import { envelopes, makeEvents, takeAll } from "../events.ts";
import { profiled } from "../runner/profile.ts";
import { percentile, shortly } from "../spread.ts";
import type { Row, Section } from "../table.ts";
import { type CpuTimes, watchThreads } from "../runner/threads.ts";
import { startCounting } from "../cost/usage.ts";

const concurrencies = [1, 16, 64];

/** How many events a second the runner takes, with real Lambdas in threads, and where the time goes. */
export const pipeline = async (bench: Bench): Promise<Section> => {
  const { graph, counts } = bench;
  const cpu = watchThreads();
  const floor = await dynamodbAlone(bench);
  const runner = await startRunner({ graph, clock: new VirtualClock() });
  const rows: Row[] = [
    { what: "DynamoDB's emulation alone, the same calls, concurrency 16", figure: `${shortly(floor)} events/s` },
  ];
  try {
    await takeAll(runner, envelopes(makeEvents("warmup", counts.events / 4), graph), 16);
    for (const concurrency of concurrencies) {
      const events = envelopes(makeEvents(`at_${concurrency}`, counts.events), graph);
      const before = await cpu();
      const { seconds, milliseconds } = await takeAll(runner, events, concurrency);
      const after = await cpu();
      const p = (percent: number): string => shortly(percentile(milliseconds, percent));
      const perSecond = events.length / seconds;
      rows.push(
        {
          what: `concurrency ${concurrency}`,
          figure: `${shortly(perSecond)} events/s; p50 ${p(50)} ms, p99 ${p(99)} ms`,
          ratio: shortly(floor / perSecond),
          floor: "DynamoDB's emulation alone, in time",
        },
        { what: `concurrency ${concurrency}: CPU of an event`, figure: cpuText(before, after, events.length) },
      );
    }
    const events = envelopes(makeEvents("profiled", counts.events / 2), graph);
    const shares = await profiled(() => takeAll(runner, events, 16));
    const text = shares.map(({ kind, share }) => `${kind} ${shortly(100 * share)} %`).join(", ");
    rows.push({ what: "the runner's own thread", figure: text });
  } finally {
    await runner.stop();
  }
  return { title: `The runner, ${counts.events} events each`, rows };
};

const cpuText = (before: CpuTimes, after: CpuTimes, events: number): string => {
  const of = (who: keyof CpuTimes): string => shortly((after[who] - before[who]) / events);
  return `runner ${of("runner")} ms, Lambdas ${of("lambdas")} ms, DynamoDB ${of("dynamodb")} ms, Node's threads ${of("node")} ms`;
};

// How many events a second there would be if all but DynamoDB took no time: its calls again, to tables that are empty.
const dynamodbAlone = async ({ tables, graph, counts }: Bench): Promise<number> => {
  const counting = await startCounting({ endpoint: tables.endpoint });
  const events = makeEvents("alone", counts.events / 4);
  const { seen } = await counting.take(events);
  await counting.stop();
  const dynamodb = await startDynamoDB(forkDynamoDB(), { graph, otherTables: otherTables(graph), callers: {} });
  const agent = new Agent({ keepAlive: true });
  const schedule = makeKeyedQueue(16);
  const since = performance.now();
  await Promise.all(seen.map((call, index) => schedule(`${index}`, () => send(dynamodb.endpoint, agent, call))));
  const seconds = (performance.now() - since) / 1000;
  agent.destroy();
  await dynamodb.stop();
  return events.length / seconds;
};

const send = (endpoint: string, agent: Agent, { headers, body }: SeenCall): Promise<void> =>
  new Promise((done, fail) => {
    const sent = request(endpoint, { method: "POST", headers, agent }, (answer) => {
      answer.resume();
      answer.on("end", done);
    });
    sent.on("error", fail);
    sent.end(body);
  });
