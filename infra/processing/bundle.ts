import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { type BuildOptions, buildSync } from "esbuild";

const directory = join(import.meta.dirname, "../../lambdas");

/** How esbuild is to bundle the Lambdas, all of them. */
export const buildOptions = {
  entryPoints: readdirSync(directory)
    .filter((file) => file.endsWith(".ts"))
    .map((file) => join(directory, file)),
  outdir: directory,
  bundle: true,
  format: "cjs",
  mainFields: ["module", "main"],
  minify: true,
  platform: "node",
  target: "node24",
} satisfies BuildOptions;

/** The code of the Lambda of that name, as one CommonJS file. */
export const bundle = (name: string): pulumi.asset.AssetArchive => {
  const code = bundles().get(name);
  if (code === undefined) {
    throw new Error(
      `lambdas/${name}.ts does not exist: write it, or take ${name} out of infra/processing/functions.ts`,
    );
  }
  return new pulumi.asset.AssetArchive({ "index.js": new pulumi.asset.StringAsset(code) });
};

let built: Map<string, string> | undefined;

// All at once, as they share most of their code; the sources do not change while the program runs.
const bundles = (): Map<string, string> => {
  built ??= build();
  return built;
};

const build = (): Map<string, string> => {
  const { outputFiles } = buildSync({ ...buildOptions, write: false });
  return new Map(outputFiles.map(({ path, text }) => [basename(path, ".js"), text]));
};
