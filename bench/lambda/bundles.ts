import { mkdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { build, type BuildOptions } from "esbuild";
import { buildOptions } from "../../infra/processing/bundle.ts";

/** Files of code, by the name of the Lambda. */
export interface Bundles {
  deployed: Record<string, string>;
  plain: Record<string, string>;
}

/** Writes the Lambdas' code into a directory. */
export const writeBundles = async (directory: string): Promise<Bundles> => {
  const write = async (kind: string, options: BuildOptions): Promise<Record<string, string>> => {
    const { entryPoints, outdir } = buildOptions;
    const { outputFiles } = await build({ ...options, entryPoints, outdir, bundle: true, write: false });
    mkdirSync(join(directory, kind));
    return Object.fromEntries(
      outputFiles.map(({ path, text }) => {
        const file = join(directory, kind, basename(path));
        writeFileSync(file, text);
        return [basename(path, ".js"), file];
      }),
    );
  };
  return {
    deployed: await write("deployed", buildOptions),
    plain: await write("plain", { platform: "node" }),
  };
};
