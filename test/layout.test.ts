import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";

const test = suite("the layout");

const root = join(import.meta.dirname, "..");

// A room may import from itself and from those of the lines above.
const levels = [
  ["emulator", "samples", "lambdas"],
  ["infra", "records"],
  ["index.ts"],
  ["tools"],
  ["ops"],
  ["console"],
  ["local"],
  ["bench"],
  ["test"],
];

// The same within the emulator.
const emulatorLevels = [
  ["graph", "time"],
  ["protocol"],
  ["iam", "cloudwatch", "logs", "faults"],
  ["dynamodb", "lambda", "sqs", "ssm"],
  ["stepfunctions"],
  ["eventbridge", "scheduler"],
  ["aws-api.ts", "emulator.ts"],
];

const withoutSources = ["docs", "statemachines"];

const isSource = (file: string): boolean => file.endsWith(".ts");

const filesIn = (room: string): string[] =>
  readdirSync(join(root, room), { recursive: true, encoding: "utf8" })
    .filter(isSource)
    .map((file) => join(room, file));

const sources = [
  "index.ts",
  ...levels
    .flat()
    .filter((room) => !isSource(room))
    .flatMap(filesIn),
];

// Imports of types too, and those that are made late.
const importsOf = (file: string): string[] => {
  const text = readFileSync(join(root, file), "utf8");
  const paths = text.matchAll(/^(?:import|export) (?:[^;]*? from )?"(\.[^"]+)"|import\("(\.[^"]+)"\)/gm);
  return [...paths].map(([, path, latePath]) => normalize(join(dirname(file), path ?? latePath ?? "")));
};

const imports = sources.flatMap((file) => importsOf(file).map((imported) => ({ file, imported })));

const upwards = (order: string[][], roomOf: (file: string) => string): string[] => {
  const levelOf = (file: string) => order.findIndex((rooms) => rooms.includes(roomOf(file)));
  return imports
    .filter(({ file, imported }) => levelOf(file) >= 0 && roomOf(file) !== roomOf(imported))
    .filter(({ file, imported }) => levelOf(imported) < 0 || levelOf(imported) >= levelOf(file))
    .map(({ file, imported }) => `${file} imports ${imported}`);
};

test("has these rooms and no others", () => {
  const rooms = readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !/^(\.|node_modules$|coverage$)/.test(entry.name))
    .map(({ name }) => name);
  const known = [...levels.flat().filter((room) => !isSource(room)), ...withoutSources];
  assert.equal(rooms.toSorted(), known.toSorted());
});

test("lets no room import from one that stands on it", () => {
  assert.ok(imports.length > 1000);
  assert.equal(
    upwards(levels, (file) => file.split("/")[0] ?? ""),
    [],
  );
});

test("lets no service of the emulator import from one that stands on it, and nothing there from outside", () => {
  const roomOf = (file: string) => (file.startsWith("emulator/") ? (file.split("/")[1] ?? "") : file);
  assert.equal(upwards(emulatorLevels, roomOf), []);
});

test("has no circle of imports, types included", () => {
  const importedBy = Map.groupBy(imports, ({ file }) => file);
  const done = new Set<string>();
  const circlesFrom = (file: string, path: string[]): string[] => {
    if (path.includes(file)) return [path.slice(path.indexOf(file)).join(" > ")];
    if (done.has(file)) return [];
    const circles = (importedBy.get(file) ?? []).flatMap(({ imported }) => circlesFrom(imported, [...path, file]));
    done.add(file);
    return circles;
  };
  assert.equal(
    sources.flatMap((file) => circlesFrom(file, [])),
    [],
  );
});

test("has no room of more than 15 files", () => {
  const rooms = Map.groupBy(
    sources.filter((file) => !file.startsWith("test/")),
    dirname,
  );
  for (const [room, { length }] of rooms)
    assert.ok(length <= 15, `${room} has ${length} files: find the rooms within it`);
});

test("loads Pulumi only where a graph is loaded, besides the program itself", () => {
  const loaders = sources.filter((file) => readFileSync(join(root, file), "utf8").includes('from "@pulumi/'));
  const elsewhere = loaders.filter((file) => !/^(index\.ts|infra\/|test\/)/.test(file));
  assert.equal(elsewhere, ["emulator/graph/load.ts", "emulator/graph/outputs.ts"]);
});

test.run();
