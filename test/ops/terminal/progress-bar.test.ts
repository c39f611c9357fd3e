import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";

const test = suite("a progress bar");

const file = join(import.meta.dirname, "../../../ops/terminal/progress-bar.ts");

// A process that shows a bar on what it takes for a terminal, and ends in the middle.
const endedIn = (isTerminal: boolean): string => {
  const script = `
    import { makeProgressBar } from ${JSON.stringify(file)};
    process.stderr.isTTY = ${isTerminal};
    makeProgressBar("{bar}")?.start(2, 1);
    process.exit(130);`;
  const { stderr } = spawnSync(process.execPath, ["--input-type=module-typescript", "--eval", script], {
    encoding: "utf8",
  });
  return stderr;
};

test("turns the line wrap of the terminal on again when the process ends in the middle", () => {
  const [off, on] = ["\u001b[?7l", "\u001b[?7h"];
  const printed = endedIn(true);
  assert.ok(printed.includes(off));
  assert.ok(printed.lastIndexOf(on) > printed.lastIndexOf(off));
});

test("prints nothing where there is no terminal", () => {
  assert.is(endedIn(false), "");
});

test.run();
