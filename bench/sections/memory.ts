import { ofType } from "../../local/graph.ts";
import { type AtSize, canThrottle, wholeCpuMegabytes } from "../at-size.ts";
import type { Bench } from "../bench-plan.ts";
import { lambdaNames } from "../lambda-payloads.ts";
import { prices } from "../prices.ts";
import { percentile, shortly, spreadOf, textOf } from "../spread.ts";
import type { Row, Section } from "../table.ts";

const sizes = [128, 256, 512, 1024, wholeCpuMegabytes];

const million = 1_000_000;

/** How fast each Lambda is, and what it costs, with the share of the CPU that a size of memory has. */
export const memory = async ({ atSize, graph, counts }: Bench): Promise<Section> => {
  const title = `Sizes of memory: a call that comes alone, ${counts.sizeStarts} processes of ${counts.sizeCalls} each`;
  if (!canThrottle) return { title, rows: [{ what: "all sizes", figure: "no process can be stopped and go on here" }] };
  const rows: Row[] = [];
  for (const name of lambdaNames) {
    const lambda = ofType(graph, "aws:lambda/function:Function").find((one) => one.name === name);
    const chosen = lambda?.inputs["memorySize"];
    const all = new Map<number, AtSize>();
    for (const megabytes of sizes) all.set(megabytes, await atSize(name, megabytes));
    const least = Math.min(...[...all].map(([megabytes, result]) => costOf(megabytes, result)));
    for (const [megabytes, result] of all) {
      const { warm, first, share } = result;
      const dollars = costOf(megabytes, result);
      const at = `${name}, ${megabytes} MB${megabytes === chosen ? ", as deployed" : ""}`;
      rows.push({
        what: `${at} (${shortly(100 * share)} % of a CPU)`,
        figure: `warm ${textOf(spreadOf(warm), "ms")}, p99 ${shortly(percentile(warm, 99))}; first ${textOf(spreadOf(first), "ms")}; $${shortly(dollars)} a million`,
        ratio: shortly(dollars / least),
        floor: "the cheapest",
      });
    }
    const most = Math.max(...[...all.values()].map(({ megabytes }) => megabytes));
    rows.push({ what: `${name}: memory of the process, at most`, figure: `${shortly(most)} MB` });
  }
  return { title, rows };
};

// What a million warm calls cost for their time, each rounded up to a millisecond.
const costOf = (megabytes: number, { warm }: AtSize): number => {
  const billed = warm.reduce((sum, milliseconds) => sum + Math.ceil(milliseconds), 0) / warm.length;
  return million * (billed / 1000) * (megabytes / 1024) * prices.lambdaGigabyteSecond;
};
