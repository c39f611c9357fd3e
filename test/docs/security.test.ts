import { readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";

const test = suite("the page on security");

const docs = join(import.meta.dirname, "../../docs");
const page = readFileSync(join(docs, "security.md"), "utf8");

test("says for each threat what stops it, and names a test that there is", () => {
  const [table = ""] = page.split("## Personal data");
  const [, , ...threats] = table.split("\n").filter((line) => line.startsWith("|"));
  assert.ok(threats.length >= 12);
  for (const threat of threats) {
    const [, , stopped = "", seen = ""] = threat.split("|").map((cell) => cell.trim());
    assert.ok(stopped.length > 20, threat);
    assert.match(seen, /\.test\.ts\)|^the same$/, threat);
  }
});

test("says what stolen credentials of an operator can do by the two actions that leave no trace in the tables", () => {
  assert.match(page, /^ +- `states:StartSyncExecution` takes any input .* a forged event can write a payment/m);
  assert.match(page, /^ +- `sqs:DeleteMessage` removes dead letters/m);
  const local = readFileSync(join(docs, "running-locally.md"), "utf8");
  assert.match(local, /^\| `lost` +\| .*the state machine has reached its own timeout, which no state can catch/m);
});

test.run();
