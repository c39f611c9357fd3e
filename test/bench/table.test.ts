import { suite } from "uvu";
import * as assert from "uvu/assert";
import { tableOf } from "../../bench/table.ts";

const test = suite("the bench's table");

test("is Markdown as the formatter writes it", () => {
  const rows = [
    { what: "bare node", figure: "40 ms (38–55)" },
    { what: "ready", figure: "90 ms (80–99)", ratio: "2.2", floor: "bare node" },
  ];
  assert.equal(tableOf([{ title: "Cold", rows }]).split("\n"), [
    "| figure    | median (least–most) | × floor | floor     |",
    "| --------- | ------------------- | ------- | --------- |",
    "| **Cold**  |                     |         |           |",
    "| bare node | 40 ms (38–55)       |         |           |",
    "| ready     | 90 ms (80–99)       | 2.2     | bare node |",
  ]);
});

test.run();
