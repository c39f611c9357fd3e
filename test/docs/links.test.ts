import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";

const test = suite("the links and paths of the documentation");

const root = join(import.meta.dirname, "../..");
const read = (file: string): string => readFileSync(join(root, file), "utf8");

const pages = [
  "README.md",
  "CONTRIBUTING.md",
  "CHANGELOG.md",
  ...readdirSync(join(root, "docs"))
    .filter((file) => file.endsWith(".md"))
    .map((file) => `docs/${file}`),
];

const folders = ["bench", "emulator", "infra", "lambdas", "local", "ops", "records", "samples", "tools"];

const sources = folders
  .flatMap((path) =>
    readdirSync(join(root, path), { recursive: true, encoding: "utf8" }).map((file) => join(path, file)),
  )
  .filter((file) => file.endsWith(".ts"))
  .concat("index.ts");

// Code blocks show commands and output, not links.
const proseOf = (page: string): string => read(page).replaceAll(/^ *```.*?^ *```$/gms, "");

// As GitHub makes the anchor of a heading.
const anchorsOf = (page: string): string[] =>
  [...proseOf(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );

test("every relative link of a page leads to a file, and to a heading where it names one", () => {
  for (const page of pages) {
    for (const [, link = ""] of proseOf(page).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^\w+:/.test(link)) continue;
      const [file = "", anchor] = link.split("#");
      const path = file === "" ? page : normalize(join(dirname(page), file));
      assert.ok(existsSync(join(root, path)), `${page} links to ${link}, but there is no ${path}`);
      if (anchor === undefined) continue;
      assert.ok(anchorsOf(path).includes(anchor), `${page} links to ${link}, but ${path} has no such heading`);
    }
  }
});

test("every command of Pulumi's on a page goes through npx, which has the version and the Node of this project", () => {
  for (const page of pages) {
    const text = read(page).replaceAll(/\bhttps?:\S+/g, "");
    for (const [command, before] of text.matchAll(
      /(.{0,4})\bpulumi (?:up|preview|refresh|destroy|stack|state|import|cancel|login|config|plugin|version)\b/g,
    )) {
      assert.is(before, "npx ", `${page}: ${command}`);
    }
  }
});

test("every path of a source file that a page names in backticks exists", () => {
  for (const page of pages) {
    for (const [, path = ""] of proseOf(page).matchAll(/`((?:[\w.-]+\/)+[\w.-]+\.(?:ts|json|md|yml|yaml))`/g)) {
      assert.ok(existsSync(join(root, path)), `${page} names ${path}, which does not exist`);
    }
  }
});

test("every page, and every section of one, that the code names exists", () => {
  for (const file of sources) {
    // `docs/deploying.md` or `docs/deploying.md, "The Stripe key"`
    for (const [, path = "", title] of read(file).matchAll(/\b(docs\/[\w/-]+\.md)\b(?:, "([^"]+)")?/g)) {
      assert.ok(existsSync(join(root, path)), `${file} names ${path}, which does not exist`);
      if (title === undefined) continue;
      assert.match(read(path), new RegExp(`^#+ ${title}$`, "m"), `${file} names "${title}", which ${path} lacks`);
    }
    assert.not.match(read(file), /\bREADME, "/, `${file} names a section of README, which has no details: name a page`);
  }
});

test("README's layout has each folder of code, and each of infra/ and lambdas/", () => {
  const [, layout = ""] = /## Layout\n+```\n(.*?)```/s.exec(read("README.md")) ?? [];
  const foldersIn = (path: string): string[] =>
    readdirSync(join(root, path), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
  const rooms = [...folders, ...foldersIn("infra"), ...foldersIn("lambdas")];
  assert.ok(rooms.length > 15);
  for (const room of rooms) assert.match(layout, new RegExp(`(^| )${room}/ `, "m"), `README's layout lacks ${room}/`);
});

test("every page of docs/ is in the index of its readers", () => {
  const index = read("docs/README.md");
  for (const page of pages.filter((path) => path.startsWith("docs/") && path !== "docs/README.md")) {
    assert.match(index, `](${page.replace("docs/", "")})`, `docs/README.md does not list ${page}`);
  }
});

test.run();
