import * as pulumi from "@pulumi/pulumi";

// How Pulumi marks a secret within the inputs of a resource.
const secretMark = "4dabf18193072939515e22adb298388d";

/** The value of an output. */
export const valueOf = <T>(output: pulumi.Input<T>): Promise<pulumi.Unwrap<T>> =>
  new Promise((done) => {
    pulumi.output(output).apply((value) => done(value));
  });

/** A value as AWS would get it: secrets opened, and archives as a table of file names and texts. */
export const plain = async (value: unknown): Promise<unknown> => {
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof pulumi.asset.AssetArchive) return plain(await value.assets);
  if (value instanceof pulumi.asset.StringAsset) return value.text;
  if (Array.isArray(value)) return Promise.all(value.map(plain));
  if (secretMark in value) return plain("value" in value ? value.value : null);
  const entries = Object.entries(value).map(async ([key, inner]) => [key, await plain(inner)] as const);
  return Object.fromEntries(await Promise.all(entries));
};

/** The paths of texts that an output without a value has got into. */
export const undefinedIn = (value: unknown, path = ""): string[] => {
  if (typeof value === "string") return /\bundefined\b/.test(value) && value.length < 10_000 ? [path] : [];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => undefinedIn(inner, path ? `${path}.${key}` : key));
};
