import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { isPermissive, licensedPackages } from "../tools/licensed-packages.ts";

const test = suite("the supply chain");

const root = join(import.meta.dirname, "..");
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
const locked = Object.entries<{ version: string; integrity?: string; hasInstallScript?: boolean }>(
  lock.packages,
).filter(([path]) => path !== "");

const kinds = ["dependencies", "devDependencies", "optionalDependencies"];
const direct: Record<string, string> = Object.assign({}, ...kinds.map((kind) => manifest[kind]));

test("takes exact versions of what it names, and the lock file has those", () => {
  for (const [name, version] of Object.entries(direct)) {
    assert.match(version, /^\d+\.\d+\.\d+$/);
    assert.is(lock.packages[`node_modules/${name}`]?.version, version, name);
  }
});

test("has a lock file that is in step, and knows what each package has to contain", () => {
  for (const kind of kinds) assert.equal(lock.packages[""][kind], manifest[kind]);
  for (const [path, { integrity }] of locked) assert.match(`${integrity}`, /^sha512-/, path);
});

test("has one copy of what Pulumi and the engine of its test speak by", () => {
  for (const name of ["@grpc/grpc-js", "google-protobuf"]) {
    const copies = locked.filter(([path]) => path.endsWith(`node_modules/${name}`));
    assert.equal(
      copies.map(([path]) => path),
      [`node_modules/${name}`],
    );
  }
});

test("names each package that has an install script, and says whether it may run", () => {
  const scripted = locked.filter(([, { hasInstallScript }]) => hasInstallScript);
  const names = scripted.map(([path]) => `${path.split("node_modules/").at(-1)}`);
  assert.equal(Object.keys(manifest.allowScripts).toSorted(), names.toSorted());
  assert.equal(
    Object.entries(manifest.allowScripts).filter(([, isAllowed]) => isAllowed),
    [["node", true]],
  );
});

test("fetches Pulumi's CLI and the provider of the locked version before there are credentials", () => {
  const workflow = readFileSync(join(root, ".github/workflows/deploy.yml"), "utf8");
  const { version } = lock.packages["node_modules/@pulumi/aws"];
  const fetch = `- run: npx pulumi version && npx pulumi plugin install resource aws ${version}\n`;
  const steps = ["- run: npm ci\n", fetch, "configure-aws-credentials@", "npx pulumi up"];
  const places = steps.map((step) => workflow.indexOf(step));
  assert.equal(
    places,
    places.toSorted((a, b) => a - b),
  );
  assert.ok(places.every((place) => place >= 0));
});

test("says what each dependency is for", () => {
  const [, page = ""] = readFileSync(join(root, "CONTRIBUTING.md"), "utf8").split("## Dependencies");
  const cells = page.split("\n").flatMap((line) => /^\| (`.*?) +\|/.exec(line)?.[1] ?? []);
  const named = cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name));
  const whole = named.map((name) => name.replace("…", "@aws-sdk"));
  assert.equal(whole.toSorted(), Object.keys(direct).toSorted());
});

test("has packages under permissive licences alone, but for a test tool that is allowed by name", () => {
  const packages = licensedPackages(root);
  assert.is(packages.length, locked.length);
  assert.equal(
    packages.filter(({ isAllowed }) => !isAllowed),
    [],
  );
  const others = packages.filter(({ licence }) => !isPermissive(licence));
  assert.equal(
    others.map(({ name, licence }) => [name, licence, name in manifest.devDependencies]),
    [["axe-core", "MPL-2.0", true]],
  );
});

test("knows a licence that asks for something in return, and one that it does not know", () => {
  const cases: [string, boolean][] = [
    ["MIT", true],
    ["(BSD-3-Clause AND Apache-2.0)", true],
    ["(MIT OR GPL-3.0-or-later)", true],
    ["(MIT AND LGPL-3.0-only)", false],
    ["AGPL-3.0-only", false],
    ["MPL-2.0", false],
    ["UNLICENSED", false],
    ["SEE LICENSE IN LICENSE", false],
    ["unknown", false],
  ];
  for (const [expression, expected] of cases) assert.is(isPermissive(expression), expected, expression);
});

test("reads a licence where the package has it, and else where the lock file does, and allows one by name", () => {
  const directory = mkdtempSync(join(tmpdir(), "homebiyori-"));
  const packages = {
    "": {},
    "node_modules/elsewhere": { version: "1.0.0", license: "MIT" },
    "node_modules/here": { version: "1.0.0", license: "MIT" },
    "node_modules/here/node_modules/@a/silent": { version: "1.0.0" },
    "node_modules/axe-core": { version: "1.0.0", license: "MPL-2.0" },
    "node_modules/here/node_modules/axe-core": { version: "2.0.0", license: "GPL-3.0-only" },
    "node_modules/not-axe-core": { version: "1.0.0", license: "MPL-2.0" },
  };
  try {
    mkdirSync(join(directory, "node_modules/here"), { recursive: true });
    writeFileSync(join(directory, "node_modules/here/package.json"), '{"license":"AGPL-3.0-only"}');
    writeFileSync(join(directory, "package-lock.json"), JSON.stringify({ packages }));
    assert.equal(
      licensedPackages(directory).map(({ name, licence, isAllowed }) => [name, licence, isAllowed]),
      [
        ["here", "AGPL-3.0-only", false],
        ["axe-core", "GPL-3.0-only", false],
        ["elsewhere", "MIT", true],
        ["axe-core", "MPL-2.0", true],
        ["not-axe-core", "MPL-2.0", false],
        ["@a/silent", "unknown", false],
      ],
    );
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test.run();
