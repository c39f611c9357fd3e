import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ofType } from "../../../emulator/graph/graph.ts";
import { graphOf } from "../../helpers/stack.ts";

const test = suite("the bundles");

// What each had when this was last looked at, in bytes; whoever makes one smaller writes that down here.
const recordedBytes: Record<string, number> = {
  "link-payment": 43_533,
  "resolve-customer": 44_477,
  "sync-subscription": 51_993,
  "write-payment": 46_081,
};

test("do not grow by more than a fifth", async () => {
  const lambdas = ofType(await graphOf("prod"), "aws:lambda/function:Function");
  assert.equal(lambdas.map(({ name }) => name).toSorted(), Object.keys(recordedBytes));
  for (const { name, inputs } of lambdas) {
    const size = Buffer.byteLength(`${Object(inputs["code"])["index.js"]}`);
    assert.ok(size <= 1.2 * (recordedBytes[name] ?? 0), `${name} has ${size} bytes`);
  }
});

test.run();
