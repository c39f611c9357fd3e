import { ofType } from "../../emulator/graph/graph.ts";
import { type Json, sampleEvent, sampleInvoice } from "../../samples/stripe-objects.ts";
import type { Bench } from "../bench-plan.ts";
import { type Cost, costOf, type Design, totalOf, type Usage } from "../cost/cost.ts";
import { makeEvents } from "../events.ts";
import { lambdaNames, payloads } from "../lambda/lambda-payloads.ts";
import { startLambda } from "../lambda/lambda-run.ts";
import { costOfNight, usualNight } from "../cost/night.ts";
import { prices } from "../cost/prices.ts";
import { shortly } from "../spread.ts";
import type { Row, Section } from "../table.ts";
import { type CountingArgs, startCounting, type Taken, usageOf } from "../cost/usage.ts";

const allWithData = { stateMachineLogLevel: "ALL", logExecutionData: true };
const all = { stateMachineLogLevel: "ALL", logExecutionData: false };
const errors = { stateMachineLogLevel: "ERROR", logExecutionData: false };

/** What a million events cost, by what this run has measured and AWS's prices. */
export const cost = async (bench: Bench): Promise<Section> => {
  const sizes = await sizesOf(bench);
  const usage = (taken: Taken): Usage => usageOf(taken, sizes);
  const measure = (args: Omit<CountingArgs, "endpoint">, ...batches: Json[][]) => measureBatches(bench, args, batches);

  const [withData] = await measure({ settings: allWithData }, makeEvents("cost_data", events));
  const usual = makeEvents("cost_all", events);
  const [normal, again, failed] = await measure({ settings: all }, usual, usual, unknownCustomers());
  const [onlyErrors] = await measure({ settings: errors }, makeEvents("cost_errors", events));
  const faults = { seed: 1, faults: [{ hop: "lambda" as const, kind: "throws" as const, probability: 0.1 }] };
  const [tried] = await measure({ settings: all, faults }, makeEvents("cost_tried", events));
  if (!withData || !normal || !again || !failed || !onlyErrors || !tried) throw new Error("Nothing was measured");

  const deployed = costOf(usage(normal), prices);
  const one = totalOf(costOf(usage(onlyErrors), prices, "one Lambda"));
  const row = (what: string, taken: Taken, design?: Design): Row => {
    const parts = costOf(usage(taken), prices, design);
    return { what, figure: dollars(parts), ratio: shortly(totalOf(parts) / one), floor: "one Lambda" };
  };
  const perTry = (totalOf(costOf(usage(tried), prices)) - totalOf(deployed)) / (tried.tries / tried.events);
  const single = (what: string, million: number): Row => ({
    what,
    figure: `$${shortly(million)} a million`,
    ratio: shortly(million / totalOf(deployed)),
    floor: "an event, as prod logs",
  });
  return {
    title: `A million events, prices of ${prices.region} in ${prices.date}`,
    rows: [
      row("ours, log level ALL with data, as in dev", withData),
      row("ours, log level ALL, as in prod", normal),
      row("ours, log level ERROR", onlyErrors),
      row("a rule and one Lambda for each event", onlyErrors, "one Lambda"),
      row("Express with DynamoDB called by its states, log level ERROR", onlyErrors, "direct"),
      row("a Standard workflow, with its own history", onlyErrors, "standard"),
      single("an event that comes again", totalOf(costOf(usage(again), prices))),
      single("an event that is tried once more", totalOf(deployed) + perTry),
      single("an event that fails, after all tries", totalOf(costOf(usage(failed), prices))),
      ...measuredRows(normal),
      logged("at ALL with data", withData),
      logged("at ALL", normal),
      logged("at ERROR", onlyErrors),
      ...nightRows(),
    ],
  };
};

const events = 120;

const measureBatches = async ({ tables }: Bench, args: Omit<CountingArgs, "endpoint">, batches: Json[][]) => {
  const counting = await startCounting({ ...args, endpoint: tables.endpoint });
  const taken: Taken[] = [];
  for (const batch of batches) taken.push(await counting.take(batch));
  await counting.stop();
  return taken;
};

// How long a warm call of each Lambda takes with the share of a CPU that its memory has: it waits as long, and works longer.
const sizesOf = async ({ bundles, counts, graph }: Bench) => {
  const sizes: Record<string, { milliseconds: number; megabytes: number }> = {};
  // Those that no event calls are not measured: they wait for Stripe.
  for (const { name, inputs } of ofType(graph, "aws:lambda/function:Function")) {
    if (!lambdaNames.includes(name)) continue;
    const megabytes = Number(inputs["memorySize"]);
    const lambda = await startLambda(bundles.deployed[name] ?? "");
    const ask = { payload: payloads[name] ?? "" };
    await lambda.ask({ ...ask, name: `cost_warmup_${name}`, times: Math.ceil(counts.calls / 3) });
    const { wall, cpuMilliseconds } = await lambda.ask({ ...ask, name: `cost_${name}`, times: counts.calls });
    await lambda.stop();
    const each = wall.reduce((sum, value) => sum + value, 0) / wall.length;
    const share = Math.min(1, megabytes / wholeCpuMegabytes);
    sizes[name] = { megabytes, milliseconds: each + (cpuMilliseconds / counts.calls) * (1 / share - 1) };
  }
  return sizes;
};

// Lambda gives one whole CPU at this size: https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
const wholeCpuMegabytes = 1769;

const unknownCustomers = (): Json[] =>
  Array.from({ length: 10 }, (_, index) => {
    const period = { start: 1_767_225_600, end: 1_769_904_000 };
    const invoice = { id: `in_nobody_${index}`, customer: `cus_nobody_${index}`, amount: 580, created: period.start };
    return sampleEvent(
      `evt_nobody_${index}`,
      "invoice.payment_succeeded",
      period.start,
      sampleInvoice({ ...invoice, paidAt: period.start, ...period }),
    );
  });

const dollars = (parts: Cost): string => {
  const paid = Object.entries(parts).filter(([, part]) => part > 0);
  return `$${totalOf(parts).toFixed(2)}: ${paid.map(([name, part]) => `${name} ${part.toFixed(2)}`).join(", ")}`;
};

const nightRows = (): Row[] => {
  const { pages, seconds, callsPerSecond, states, lambdas, tables } = costOfNight(usualNight, prices);
  const parts = Object.entries({ states, lambdas, tables }).map(([name, part]) => `${name} ${part.toFixed(2)}`);
  const night = `a night of ${usualNight.subscriptions.toLocaleString("en-US")} subscriptions`;
  return [
    { what: night, figure: `$${(states + lambdas + tables).toFixed(2)}: ${parts.join(", ")}` },
    {
      what: `${night}: pages, and how long`,
      figure: `${shortly(pages)}, ${shortly(seconds / 60)} minutes; ${shortly(callsPerSecond)} calls a second`,
    },
  ];
};

const measuredRows = (taken: Taken): Row[] => {
  const each = (sum: number): string => shortly(sum / taken.events);
  const calls = Object.values(taken.calls).reduce((sum, times) => sum + times, 0);
  const sent = taken.seen.reduce((sum, { body }) => sum + Buffer.byteLength(body), 0);
  return [
    { what: "an event, on average: its size", figure: `${each(taken.bytes)} bytes` },
    { what: "an event: states, and calls of Lambdas", figure: `${each(taken.states)}, ${each(calls)}` },
    {
      what: "an event: calls of PutEvents, and events published",
      figure: `${each(taken.published.calls)}, ${each(taken.published.events)} of ${shortly(taken.published.bytes / Math.max(1, taken.published.events))} bytes`,
    },
    {
      what: "an event: calls of DynamoDB",
      figure: `${each(taken.seen.length)}, ${each(sent)} bytes sent; ${each(taken.readUnits)} read and ${each(taken.writeUnits)} write units`,
    },
  ];
};

const logged = (at: string, { logBytes: { lambdas, machines }, events: count }: Taken): Row => ({
  what: `an event: logged ${at}`,
  figure: `${shortly(lambdas / count)} bytes by Lambdas, ${shortly(machines / count)} by states`,
});
