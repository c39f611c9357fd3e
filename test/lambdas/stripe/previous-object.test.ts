import { suite } from "uvu";
import * as assert from "uvu/assert";
import { applyPreviousAttributes } from "../../../lambdas/stripe/previous-object.ts";

const test = suite("applyPreviousAttributes");

test("puts the old values back: nested objects merge, arrays are whole, null stands for what was not there", () => {
  const object = { status: "active", metadata: { a: "1", b: "2" }, items: { data: [1, 2], url: "u" }, note: "n" };
  const previous = { status: "trialing", metadata: { b: null }, items: { data: [1] } };
  assert.equal(applyPreviousAttributes(object, previous), {
    status: "trialing",
    metadata: { a: "1", b: null },
    items: { data: [1], url: "u" },
    note: "n",
  });
});

test("changes nothing where nothing is named, and leaves what it is given alone", () => {
  const object = { status: "active", metadata: { a: "1" } };
  assert.equal(applyPreviousAttributes(object, {}), object);
  applyPreviousAttributes(object, { metadata: { a: "0" } });
  assert.is(object.metadata.a, "1");
});

test("takes an old value as it is where the new one is of another kind", () => {
  assert.equal(applyPreviousAttributes({ a: null, b: { c: 1 } }, { a: { x: 1 }, b: null }), { a: { x: 1 }, b: null });
});

test.run();
