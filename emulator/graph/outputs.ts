import * as pulumi from "@pulumi/pulumi";

// How Pulumi marks a secret within the inputs of a resource.
const secretMark = "4dabf18193072939515e22adb298388d";

/** The value of an output. */
export const valueOf = <T>(output: pulumi.Input<T>): Promise<pulumi.Unwrap<T>> =>
  new Promise((done) => {
    pulumi.output(output).apply((value) => done(value));
  });

/** A value as AWS would get it: outputs and secrets resolved, and archives as a table of file names and texts. */
export const resolveOutputs = async (value: unknown): Promise<unknown> => {
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof pulumi.asset.AssetArchive) return resolveOutputs(await value.assets);
  if (value instanceof pulumi.asset.StringAsset) return value.text;
  if (Array.isArray(value)) return Promise.all(value.map(resolveOutputs));
  if (secretMark in value) return resolveOutputs("value" in value ? value.value : null);
  const entries = Object.entries(value).map(async ([key, inner]) => [key, await resolveOutputs(inner)] as const);
  return Object.fromEntries(await Promise.all(entries));
};

/** The paths of the texts that hold an output without a value. */
export const unresolvedPaths = (value: unknown, path = ""): string[] => {
  if (typeof value === "string") return /\bundefined\b/.test(value) && value.length < 10_000 ? [path] : [];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => unresolvedPaths(inner, path ? `${path}.${key}` : key));
};
