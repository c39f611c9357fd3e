import { suite } from "uvu";
import * as assert from "uvu/assert";
import { escapeLines, escapeText } from "../../../ops/terminal/escape.ts";

const test = suite("escaping for a terminal");

test("shows control characters as JSON escapes them, and puts a text on one line", () => {
  assert.is(escapeText("\u001b]0;title\u0007 \u009b31m"), "\\u001b]0;title\\u0007 \\u009b31m");
  assert.is(escapeText("one\r\n    two\tthree"), "one two three");
  assert.is(escapeText("\u202ereversed\u2028"), "\\u202ereversed\\u2028");
});

test("leaves any other text as it is", () => {
  for (const text of ["evt_1ABC", "決済 ほげ", "two  spaces", "é 🙂"]) assert.is(escapeText(text), text);
});

test("keeps lines, and JSON the same JSON", () => {
  const value = { id: "evt_\u001b\u009b\u007f", lines: ["a\nb", "ほ"] };
  const text = escapeLines(JSON.stringify(value, null, 2));
  assert.not.match(text, "\u009b");
  assert.is(text.split("\n").length, 7);
  assert.equal(JSON.parse(text), value);
});

test.run();
