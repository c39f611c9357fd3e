import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ofType } from "../../../emulator/graph/graph.ts";
import { graphOf } from "../../helpers/stack.ts";

const test = suite("the bundles");

// What a cold start loads; docs/performance.md says why the SDK's client is worth it.
const largestBytes = 390_000;
// With Stripe's client and Parameter Store's, which nothing that handles an event waits for.
const largestOfAsking = 760_000;

test("have a size that a cold start can load in little time", async () => {
  for (const { name, inputs } of ofType(await graphOf("prod"), "aws:lambda/function:Function")) {
    const size = Buffer.byteLength(`${Object(inputs["code"])["index.js"]}`);
    const largest = ["close-gap", "compare-page"].includes(name) ? largestOfAsking : largestBytes;
    assert.ok(size <= largest, `${name} has ${size} bytes, of ${largest} at most`);
  }
});

test.run();
