import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A package of the lock file, and its licence. */
export interface LicensedPackage {
  name: string;
  version: string;
  /** An SPDX expression, or "unknown". */
  licence: string;
  /** Whether it may be used here: the licence is known and permissive, or allowed for this package alone. */
  isAllowed: boolean;
}

// https://spdx.org/licenses/
const permissive = [
  "0BSD",
  "Apache-2.0",
  "BlueOak-1.0.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "CC-BY-3.0",
  "CC0-1.0",
  "ISC",
  "MIT",
  "Python-2.0",
];

// Packages that name a file instead of a licence; the file was read.
const read: Record<string, string> = { "@logdna/tail-file 2.2.0": "MIT" };

// What may be used under a licence that is not permissive. MPL-2.0 asks for the sources of its own files where they are passed on:
// axe-core audits pages in the tests, unchanged, and nothing of it is deployed or passed on.
const allowedFor: Record<string, string> = { "axe-core": "MPL-2.0" };

/** All packages of a directory's lock file, those of other platforms too, sorted by licence and name. */
export const licensedPackages = (directory: string): LicensedPackage[] => {
  const { packages } = readManifest(join(directory, "package-lock.json"));
  const locked = Object.entries<Manifest>(packages).filter(([path]) => path !== "");
  const all = locked.map(([path, { version = "", license }]): LicensedPackage => {
    const name = path.split("node_modules/").at(-1) ?? path;
    const licence = read[`${name} ${version}`] ?? installed(join(directory, path)) ?? license ?? "unknown";
    return { name, version, licence, isAllowed: isPermissive(licence) || allowedFor[name] === licence };
  });
  return all.toSorted((a, b) => `${a.licence} ${a.name}`.localeCompare(`${b.licence} ${b.name}`, "en"));
};

interface Manifest {
  version?: string;
  license?: string;
}

// The installed manifest is the source. But packages of other platforms are not installed, and old packages have an
// object there, which npm turns into a text in the lock file.
const installed = (path: string): string | undefined => {
  const file = join(path, "package.json");
  const license: unknown = existsSync(file) ? readManifest(file).license : undefined;
  return typeof license === "string" ? license : undefined;
};

const readManifest = (file: string) => JSON.parse(readFileSync(file, "utf8"));

/** Whether an SPDX expression allows the use of a package under permissive licences alone. */
export const isPermissive = (expression: string): boolean => {
  const alternatives = expression.replace(/^\((.*)\)$/, "$1").split(" OR ");
  return alternatives.some((all) => all.split(" AND ").every((one) => permissive.includes(one)));
};
