import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { buildSync } from "esbuild";

const lambdas = join(import.meta.dirname, "../lambdas");

/** The code of the Lambda of that name, as one CommonJS file: half as large as the ES module would be, and sooner ready. */
export const bundle = (name: string): pulumi.asset.AssetArchive => {
  const { outputFiles } = buildSync({
    entryPoints: [join(lambdas, `${name}.ts`)],
    // In Lambda credentials come from the environment; the SDK's other ways to them are most of its size.
    alias: { "@aws-sdk/credential-provider-node": join(lambdas, "lib/environment-credentials.ts") },
    bundle: true,
    format: "cjs",
    mainFields: ["module", "main"],
    minify: true,
    platform: "node",
    target: "node24",
    write: false,
  });
  const code = outputFiles.map(({ text }) => text).join("");
  return new pulumi.asset.AssetArchive({ "index.js": new pulumi.asset.StringAsset(code) });
};
