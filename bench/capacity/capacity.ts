import { Command } from "commander";
import { loadStack, configOf } from "../../local/program.ts";
import { ceilingsOf, renewal } from "./ceilings.ts";
import { figures } from "./figures.ts";
import { defaults } from "./quotas.ts";
import { routesOf } from "./routes.ts";

const { stack } = new Command("npm run bench:capacity --")
  .description(
    "Computes which AWS quota a stack reaches first, and at how many events per second: the table of docs/scale.md.",
  )
  .option("--stack <name>", "the stack whose configuration is loaded", "prod")
  .parse()
  .opts<{ stack: string }>();

const routes = routesOf(await loadStack(configOf(stack)));
const number = (value: number): string => value.toLocaleString("en");

console.log("| quota | in a second, or at once | taken by an event | reached at |\n| --- | --- | --- | --- |");
for (const { quota, perSecond, perEvent, eventsPerSecond } of ceilingsOf(routes, renewal, defaults, figures)) {
  console.log(`| ${quota} | ${number(perSecond)} | ${number(perEvent)} | ${number(eventsPerSecond)}/s |`);
}
