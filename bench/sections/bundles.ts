import { basename } from "node:path";
import { statSync } from "node:fs";
import { buildSync } from "esbuild";
import { buildOptions } from "../../infra/processing/bundle.ts";
import type { Bench } from "../bench-plan.ts";
import { shortly } from "../spread.ts";
import type { Row, Section } from "../table.ts";

const mostShown = 10;

/** How large the Lambdas' bundles are, and what is in them. */
export const bundleSizes = async ({ bundles }: Bench): Promise<Section> => {
  const { metafile } = buildSync({ ...buildOptions, write: false, metafile: true });
  const outputs = Object.entries(metafile.outputs).map(([path, output]) => ({
    name: basename(path, ".js"),
    ...output,
  }));
  const rows = outputs.flatMap(({ name, bytes, inputs }): Row[] => {
    const own = sumOf(Object.entries(inputs).filter(([path]) => groupOf(path) === ours));
    const row = (what: string, size: number): Row => ({
      what: `${name}${what}`,
      figure: kilobytes(size),
      ratio: shortly(size / own),
      floor: "what is written here",
    });
    return [row("", bytes), row(", bundled by esbuild's defaults", sizeOf(bundles.plain[name]))];
  });
  const [largest] = outputs.toSorted((a, b) => b.bytes - a.bytes);
  const parts = Map.groupBy(Object.entries(largest?.inputs ?? {}), ([path]) => groupOf(path));
  const shown = [...parts]
    .map(([group, inputs]) => ({ group, bytes: sumOf(inputs) }))
    .toSorted((a, b) => b.bytes - a.bytes)
    .slice(0, mostShown)
    .map(({ group, bytes }): Row => {
      const share = `${shortly((100 * bytes) / (largest?.bytes ?? 1))} % of it`;
      return { what: `in ${largest?.name}: ${group}`, figure: `${kilobytes(bytes)}, ${share}` };
    });
  return { title: "Bundles", rows: [...rows, ...shown] };
};

const sizeOf = (file = ""): number => statSync(file).size;

const ours = "lambdas/";

// A package, and the part of it that a module belongs to.
const groupOf = (path: string): string => {
  const [, name, rest = ""] = /node_modules\/((?:@[^/]+\/)?[^/]+)\/(.*)/.exec(path) ?? [];
  if (name === undefined) return ours;
  const [, part] = /(?:dist-\w+|dist)\/(?:submodules\/)?([^/]+)/.exec(rest) ?? [];
  return [name, part].filter(Boolean).join(", ");
};

const sumOf = (inputs: [string, { bytesInOutput: number }][]): number =>
  inputs.reduce((sum, [, { bytesInOutput }]) => sum + bytesInOutput, 0);

const kilobytes = (bytes: number): string => `${shortly(bytes / 1000)} KB`;
