import { parseArgs } from "node:util";
import { loadStack, configOf } from "../../local/program.ts";
import { ceilingsOf, renewalTypes } from "./ceilings.ts";
import { figures } from "./figures.ts";
import { defaults } from "./quotas.ts";
import { routesOf } from "./routes.ts";

// Which of AWS's quotas a stack reaches first, and at how many events a second: the table of docs/scale.md.

const { values } = parseArgs({ options: { stack: { type: "string", default: "prod" } } });
const routes = routesOf(await loadStack(configOf(values.stack)));
const number = (value: number): string => value.toLocaleString("en");

console.log("| quota | in a second, or at once | taken by an event | reached at |\n| --- | --- | --- | --- |");
for (const { quota, perSecond, perEvent, eventsPerSecond } of ceilingsOf(routes, renewalTypes, defaults, figures)) {
  console.log(`| ${quota} | ${number(perSecond)} | ${number(perEvent)} | ${number(eventsPerSecond)}/s |`);
}
