import { suite } from "uvu";
import * as assert from "uvu/assert";
import { placeholdersOf, resolve } from "../../../infra/processing/definition.ts";
import { thrown } from "../../helpers/rejects.ts";

const test = suite("definition");

test("puts a value in the place of every placeholder", () => {
  assert.is(resolve('{"a":"${x-y}","b":"${x-y}${z}"}', { "x-y": "1", z: "2" }), '{"a":"1","b":"12"}');
});

test("refuses a placeholder that stands for nothing, and says what there is", () => {
  assert.match(
    thrown(() => resolve("${wrong}", { right: "1" })).message,
    "${wrong} stands for nothing; there are right",
  );
});

test("names each placeholder once", () => {
  assert.equal(placeholdersOf("${a} ${b-c} ${a}"), ["a", "b-c"]);
});

test.run();
