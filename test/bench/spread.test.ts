import { suite } from "uvu";
import * as assert from "uvu/assert";
import { percentile, ratioTo, shortly, spreadOf } from "../../bench/spread.ts";
import { thrown } from "../helpers/rejects.ts";

const test = suite("the spread of figures");

const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);

test("is the middle one, the least and the most", () => {
  assert.equal(spreadOf([3, 10, 1]), { median: 3, least: 1, most: 10 });
  assert.equal(spreadOf([7]), { median: 7, least: 7, most: 7 });
});

test("has percentiles that were measured", () => {
  assert.equal(
    [0, 50, 99, 100].map((percent) => percentile(hundred, percent)),
    [1, 50, 99, 100],
  );
  assert.match(thrown(() => percentile([], 50)).message, "nothing was measured");
});

test("holds each value against the floor that was measured beside it", () => {
  assert.is(ratioTo([20, 60, 90], [10, 20, 10]), "3 (2–9)");
});

test("is told with three digits, or as many as there are before the point", () => {
  assert.equal([0, 0.001_234, 1.234, 12.34, 123.4, 1234.4].map(shortly), [
    "0",
    "0.00123",
    "1.23",
    "12.3",
    "123",
    "1,234",
  ]);
});

test.run();
