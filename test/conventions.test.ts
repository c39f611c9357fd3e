import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { buildSync } from "esbuild";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { workflows } from "../infra/workflows.ts";
import { graphOf } from "./helpers/stack.ts";

const test = suite("the conventions");

const root = join(import.meta.dirname, "..");

const filesIn = (directory: string): string[] =>
  readdirSync(join(root, directory), { recursive: true, encoding: "utf8" }).map((file) => join(directory, file));

const sources = ["bench", "emulator", "infra", "lambdas", "local", "ops", "records", "samples", "test", "tools"]
  .flatMap(filesIn)
  .filter((file) => file.endsWith(".ts"));

const read = (file: string): string => readFileSync(join(root, file), "utf8");

test("every test file is run: it is named so, and ends by running its suite", () => {
  for (const file of sources.filter((source) => source.startsWith("test/"))) {
    const isTest = /test\.run\(\);\s*$/.test(read(file));
    assert.is(isTest, file.endsWith(".test.ts"), file);
  }
});

test("no test is left out or run alone", () => {
  for (const file of sources) assert.not.match(read(file), /^\s*test\.(only|skip)\(/m);
});

test("every file is named in kebab-case", () => {
  for (const file of sources) assert.match(file, /\/[a-z]+(-[a-z]+)*(\.test|\.d)?\.ts$/);
});

test("there is nothing that Node cannot erase: no enum, namespace or decorator", () => {
  for (const file of sources)
    assert.not.match(read(file), /^\s*(export )?(declare )?(const )?(enum|namespace) \w/m, file);
});

test("a Lambda is a file, a function of the graph, and an exported function of the same name", async () => {
  const files = readdirSync(join(root, "lambdas")).filter((file) => file.endsWith(".ts"));
  const names = files.map((file) => file.replace(".ts", ""));
  const { resources } = await graphOf("dev");
  const functions = resources.filter(({ type }) => type === "aws:lambda/function:Function").map(({ name }) => name);
  assert.equal(new Set(functions), new Set(names));
  for (const name of names) {
    const camelCase = name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
    const module = await import(join(root, "lambdas", `${name}.ts`));
    assert.equal(Object.keys(module).toSorted(), ["handler", camelCase].toSorted());
  }
});

test("a component's file is named after its class", () => {
  for (const file of sources.filter((source) => source.startsWith("infra/"))) {
    const [, name] = /export class (\w+) extends/.exec(read(file)) ?? [];
    if (name === undefined) continue;
    assert.is(basename(file), `${name.replaceAll(/(?!^)[A-Z]/g, "-$&").toLowerCase()}.ts`);
  }
});

test("a component's logical names begin with its own", async () => {
  for (const { name } of workflows) {
    const { resources } = await graphOf("dev");
    const own = resources.filter((resource) => resource.name === name).map(({ type }) => type.split(":").at(-1));
    assert.equal(new Set(own), new Set(["LogGroup", "Role", "RolePolicy", "StateMachine"]));
  }
});

test("what runs in a process or a thread of its own does not load the whole program there", () => {
  for (const file of ["emulator/dynamodb/process.ts", "emulator/lambda/container-worker.ts"]) {
    const { metafile } = buildSync({
      entryPoints: [join(root, file)],
      bundle: true,
      format: "esm",
      metafile: true,
      packages: "external",
      platform: "node",
      write: false,
    });
    const loaded = Object.values(metafile.outputs).flatMap(({ imports }) => imports.map(({ path }) => path));
    assert.not(
      loaded.some((path) => path.startsWith("@pulumi/")),
      `${file} loads ${loaded.join(", ")}`,
    );
  }
});

test("every export says what it is", () => {
  for (const file of sources.filter((source) => !source.startsWith("test/"))) {
    const lines = read(file).split("\n");
    for (const [index, line] of lines.entries()) {
      const [, name] =
        /^export (?:default )?(?:const|class|interface|type|async|abstract class) (\w+)/.exec(line) ?? [];
      if (name === undefined || name === "handler") continue;
      const isTypeOfStruct = line.includes("= Infer<typeof");
      assert.ok(isTypeOfStruct || lines[index - 1]?.endsWith("*/"), `${file}: ${name} has no doc comment`);
    }
  }
});

test("nothing but the settings reads Pulumi's configuration", () => {
  for (const file of sources.filter((source) => source.startsWith("infra/") && source !== "infra/settings.ts")) {
    assert.not.match(read(file), /pulumi\.Config|allConfig/, file);
  }
});

test.run();
