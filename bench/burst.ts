import { parseArgs } from "node:util";
import { loadGraph } from "../local/graph.ts";
import { stackConfig } from "../local/stack-config.ts";
import { ceilingsOf } from "./burst/ceilings.ts";
import { figures } from "./burst/figures.ts";
import { renewalTypes } from "./burst/load.ts";
import { defaults } from "./burst/quotas.ts";
import { heads, number, rowOf } from "./burst/row.ts";
import { scenarios } from "./burst/scenarios.ts";
import { simulate } from "./burst/simulate.ts";
import { waysOf } from "./burst/ways.ts";

// What becomes of bursts of events under AWS's quotas, with the retries that are configured: the table of docs/scale.md.

const { values } = parseArgs({
  options: { seed: { type: "string", default: "1" }, stack: { type: "string", default: "prod" } },
});
const ways = waysOf(await loadGraph(stackConfig(values.stack)));

console.log("| quota | in a second, or at once | taken by an event | reached at |\n| --- | --- | --- | --- |");
for (const { quota, perSecond, perEvent, eventsPerSecond } of ceilingsOf(ways, renewalTypes, defaults, figures)) {
  console.log(`| ${quota} | ${number(perSecond)} | ${number(perEvent)} | ${number(eventsPerSecond)}/s |`);
}
console.log("");

console.log(`| ${heads.join(" | ")} |`);
console.log(`|${" --- |".repeat(heads.length)}`);
for (const scenario of scenarios(ways)) {
  const counted = simulate({ ...scenario, figures, seed: Number(values.seed) });
  console.log(`| ${rowOf(scenario, counted).join(" | ")} |`);
}
