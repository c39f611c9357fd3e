import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { startCoverage } from "./reached.ts";

const test = suite("what of a source file has run");

const directory = mkdtempSync(join(tmpdir(), "reached-"));
test.after(() => rmSync(directory, { recursive: true }));

const source = `export const top = 1 + 2;
export const choose = (first) => (first ? "yes" : "no") ?? "never";
export const unused = () => "unused";
`;

test("is told by the innermost block around each place, since it was asked last", async () => {
  const file = join(directory, "source.mjs");
  writeFileSync(file, source);
  const url = pathToFileURL(file).href;
  const places = ["2;", '"yes"', '"no"', '"never"', '"unused"'].map((text) => source.indexOf(text));
  const coverage = await startCoverage({ [url]: places });
  try {
    const ranSince = async (run: () => unknown) => {
      await run();
      const { [url]: ran = [] } = await coverage.take();
      return places.flatMap((place, index) => (ran.includes(place) ? [index] : []));
    };
    let choose: (first: boolean) => string = String;
    assert.equal(await ranSince(async () => ({ choose } = await import(url))), [0]);
    assert.equal(await ranSince(() => choose(true)), [1]);
    assert.equal(await ranSince(() => choose(false)), [2]);
    assert.equal(await ranSince(() => {}), []);
  } finally {
    await coverage.stop();
  }
});

test.run();
