import { mkdtempSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { Command, Option } from "commander";
import { loadStack } from "../local/program.ts";
import { type Bench, quickCounts, usualCounts } from "./bench-plan.ts";
import { writeBundles } from "./lambda/bundles.ts";
import { bundleSizes } from "./sections/bundles.ts";
import { cold } from "./sections/cold.ts";
import { consolePages } from "./sections/console.ts";
import { cost } from "./sections/cost.ts";
import { growth } from "./sections/growth.ts";
import { pipeline } from "./sections/pipeline.ts";
import { warm } from "./sections/warm.ts";
import { type Section, tableOf } from "./table.ts";
import { startTables } from "./tables.ts";

const sections: Record<string, (bench: Bench) => Promise<Section>> = {
  cold,
  bundles: bundleSizes,
  warm,
  pipeline,
  growth,
  console: consolePages,
  cost,
};

const options = new Command("npm run bench --")
  .description("Measures the figures of docs/performance.md in one run on this machine, and prints its table.")
  .addOption(new Option("--only <section...>", "measure these sections only").choices(Object.keys(sections)))
  .option("--full", "let it grow to 100,000 events", false)
  .option("--quick", "with small counts, to see that it runs", false)
  .parse()
  .opts<{ only?: string[]; full: boolean; quick: boolean }>();

const directory = mkdtempSync(join(tmpdir(), "bench-"));
const graph = await loadStack("dev");
const tables = await startTables(graph);
try {
  const counts = options.quick ? quickCounts : usualCounts;
  const bundles = await writeBundles(directory);
  const bench: Bench = {
    counts: options.full ? { ...counts, grown: 100_000 } : counts,
    graph,
    tables,
    bundles,
  };
  const measured: Section[] = [];
  for (const [name, measure] of Object.entries(sections)) {
    if (options.only && !options.only.includes(name)) continue;
    const since = performance.now();
    measured.push(await measure(bench));
    console.error(`${name}: ${((performance.now() - since) / 1000).toFixed(0)} s`);
  }
  const [cpu] = cpus();
  console.log(
    `${new Date().toISOString().slice(0, 10)}, Node ${process.versions.node}, ${cpus().length} × ${cpu?.model.trim()}\n`,
  );
  console.log(tableOf(measured));
} finally {
  await tables.stop();
  rmSync(directory, { recursive: true });
}
