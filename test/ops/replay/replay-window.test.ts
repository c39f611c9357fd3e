import { suite } from "uvu";
import * as assert from "uvu/assert";
import { windowWarnings } from "../../../ops/replay/replay-window.ts";
import { UserError } from "../../../ops/command/errors.ts";
import { thrown } from "../../helpers/rejects.ts";

const test = suite("the window of a replay");

const now = Date.UTC(2026, 10, 25);
const ago = (days: number): Date => new Date(now - days * 24 * 3600 * 1000);

const warnings = (from: number, to: number, madeAgo: number, RetentionDays?: number): string[] =>
  windowWarnings({ from: ago(from), to: ago(to) }, { CreationTime: ago(madeAgo), RetentionDays }, now);

const refusal = (...args: Parameters<typeof warnings>): string => {
  const error = thrown(() => warnings(...args));
  assert.instance(error, UserError);
  return error.message;
};

test("gives no warning within the retention of the archive", () => {
  assert.equal(warnings(3, 1, 400, 30), []);
  assert.equal(warnings(300, 299, 400), []);
});

test("ends before now, and after it begins", () => {
  assert.match(refusal(3, -0.1, 400, 30), "--to (2026-11-25T02:24:00Z) is in the future");
  assert.match(refusal(1, 2, 400, 30), "--from (2026-11-24T00:00:00Z) must be before --to (2026-11-23T00:00:00Z)");
  assert.match(refusal(1, 1, 400, 30), "must be before");
});

test("is refused before the retention, counting what Stripe has sent again", () => {
  assert.match(refusal(62, 60, 400, 30), "it holds what arrived since 2026-10-26T00:00:00Z");
  assert.match(refusal(62, 32, 2, 30), "it holds what arrived since 2026-11-23T00:00:00Z");
  assert.equal(warnings(62, 59, 400, 30), [
    "From before 2026-10-26T00:00:00Z the archive holds only what Stripe has sent again since.",
  ]);
});

test("may have events that are not archived yet", () => {
  const tenMinutes = 10 / (24 * 60);
  assert.equal(warnings(1, tenMinutes, 400, 30), []);
  assert.match(`${warnings(1, tenMinutes / 2, 400, 30)}`, "may not be in the archive yet");
});

test.run();
