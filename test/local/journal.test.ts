import { suite } from "uvu";
import * as assert from "uvu/assert";
import { makeJournal } from "../../local/journal.ts";

const test = suite("journal");

const undelivered = (name: string) => [{ undelivered: { name, message: "" }, isLost: false }];

test("keeps each line with the name of who wrote it", () => {
  const journal = makeJournal();
  journal.log("one", "{}");
  journal.log("two", "plain text");
  assert.equal(journal.lines, [
    { functionName: "one", line: "{}" },
    { functionName: "two", line: "plain text" },
  ]);
});

test("keeps the newest thousand lines", () => {
  const journal = makeJournal();
  for (let index = 0; index < 1005; index += 1) journal.log("one", JSON.stringify({ index }));
  assert.is(journal.lines.length, 1000);
  assert.match(`${journal.lines[0]?.line}`, '{"index":5}');
  assert.match(`${journal.lines.at(-1)?.line}`, '{"index":1004}');
});

test("keeps what became of the newest thousand events", () => {
  const journal = makeJournal();
  for (let index = 0; index < 1002; index += 1) journal.record(`evt_${index}`, undelivered("one"));
  assert.is(journal.executions.size, 1000);
  assert.equal([...journal.executions.keys()].slice(0, 1), ["evt_2"]);
});

test("keeps the newest of an event that comes again, and takes it for new", () => {
  const journal = makeJournal();
  for (let index = 0; index < 1000; index += 1) journal.record(`evt_${index}`, undelivered("first"));
  journal.record("evt_0", undelivered("second"));
  journal.record("evt_new", undelivered("first"));
  assert.equal(journal.executions.get("evt_0"), undelivered("second"));
  assert.not(journal.executions.has("evt_1"));
  assert.is(journal.executions.size, 1000);
});

test.run();
