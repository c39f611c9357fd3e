import { suite } from "uvu";
import * as assert from "uvu/assert";
import { compilePattern } from "../../../emulator/eventbridge/pattern.ts";
import { thrown } from "../../helpers/rejects.ts";

const test = suite("pattern");

const invoice = { source: "stripe", detail: { type: "invoice.paid", amount: 580, livemode: false, reason: null } };

/** A pattern, what it must match, and what it must not. */
type Case = [pattern: unknown, matching: unknown[], others: unknown[]];

const check = (cases: Case[]): void => {
  for (const [pattern, matching, others] of cases) {
    const matches = compilePattern(pattern);
    const of = (event: unknown) => `${JSON.stringify(pattern)} of ${JSON.stringify(event)}`;
    for (const event of matching) assert.is(matches(event), true, of(event));
    for (const event of others) assert.is(matches(event), false, of(event));
  }
};

test("matches exact values, whole and of the same type", () => {
  check([
    [{ source: ["stripe"] }, [invoice], [{}, { source: "stripe2" }, { source: "Stripe" }, { source: null }]],
    [{ source: ["aws", "stripe"] }, [invoice, { source: "aws" }], [{ source: "aws,stripe" }]],
    [{ a: [1] }, [{ a: 1 }, { a: 1.0 }], [{ a: "1" }, { a: true }, { a: 2 }]],
    [{ a: [null] }, [{ a: null }], [{}, { a: "null" }, { a: 0 }, { a: false }]],
    [{ a: [true] }, [{ a: true }], [{ a: "true" }, { a: 1 }]],
    [{ a: [""] }, [{ a: "" }], [{}, { a: null }, { a: " " }]],
  ]);
});

test("matches fields within fields", () => {
  check([
    [
      { detail: { type: ["invoice.paid"] } },
      [invoice],
      [{}, { detail: {} }, { detail: null }, { type: "invoice.paid" }],
    ],
    [{ detail: { a: { b: [1] } } }, [{ detail: { a: { b: 1 } } }], [{ detail: { a: 1 } }, { detail: { b: 1 } }]],
    [{ detail: {} }, [invoice, {}], []],
  ]);
});

test("wants every field to match, by any one of its values", () => {
  check([
    [
      { source: ["stripe"], detail: { type: ["invoice.paid", "invoice.sent"], amount: [580] } },
      [invoice],
      [
        { ...invoice, source: "aws" },
        { ...invoice, detail: { ...invoice.detail, amount: 0 } },
      ],
    ],
    [{}, [invoice, {}], []],
  ]);
});

test("matches a list in the event by any value in it", () => {
  check([[{ resources: ["a", "b"] }, [{ resources: ["x", "b"] }], [{ resources: ["x"] }, { resources: [] }]]]);
});

test("matches nothing that is no object", () => {
  check([[{ a: ["x"] }, [], [null, undefined, "x", 1, ["x"], [{ a: "x" }]]]]);
});

test("refuses what it does not know, and says where", () => {
  const cases: [unknown, string][] = [
    [null, "pattern: expected an object of fields"],
    ["stripe", "pattern: expected an object of fields"],
    [[], "pattern: expected an object of fields"],
    [{ source: "stripe" }, "pattern.source: expected an object of fields"],
    [{ detail: { amount: 580 } }, "pattern.detail.amount: expected an object of fields"],
    [{ detail: { type: null } }, "pattern.detail.type: expected an object of fields"],
    [{ detail: { type: [] } }, "pattern.detail.type: an empty list matches nothing"],
    [{ $or: [{ a: [1] }, { b: [2] }] }, "pattern.$or: the emulator does not know this operator"],
    [{ detail: { $or: [{ a: [1] }] } }, "pattern.detail.$or: the emulator does not know this operator"],
    [{ a: ["x", { suffix: "y" }] }, "pattern.a: the emulator does not know the operator suffix"],
    [{ a: [{ prefix: "x" }] }, "pattern.a: the emulator does not know the operator prefix"],
    [{ a: [{ "anything-but": "x" }] }, "pattern.a: the emulator does not know the operator anything-but"],
    [{ a: [{ exists: true }] }, "pattern.a: the emulator does not know the operator exists"],
    [{ a: [[]] }, "pattern.a: the emulator does not know the operator"],
  ];
  for (const [pattern, message] of cases) assert.match(thrown(() => compilePattern(pattern)).message, message);
});

test.run();
