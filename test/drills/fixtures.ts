import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { handledTypes } from "../../infra/workflows.ts";
import { escapeLines } from "../../ops/terminal/escape.ts";
import { makeCommand } from "../../ops/command/make-command.ts";
import { readEvents } from "../../local/read-events.ts";
import type { Outcome } from "../../local/print/outcome.ts";

const command = makeCommand(
  "fixtures",
  "Runs real Stripe events of many API versions through npm start, and accounts for each one.",
)
  .argument("<folder>", "the folder of the events, *.json")
  .parse();

// The only events that may be refused, and why.
const refusals: Record<string, string> = {
  evt_1DrvV2610000000000000013: "it names a customer account instead of a customer, and no user in its metadata",
};

const good = ["applied", "skipped", "stale", "duplicate"];

const folder = `${command.processedArgs[0]}`;
const root = join(import.meta.dirname, "../..");
const all = [...readEvents([folder], { eventSource: "x", keepSource: false, account: "x", region: "x" })];
const [events, problems] = [all.flatMap((some) => some.events), all.flatMap((some) => some.problems)];
const run = spawnSync(process.execPath, [join(root, "local/main.ts"), "--events", folder, "--exit", "--json"], {
  encoding: "utf8",
  maxBuffer: 1e9,
});
const outcomes: Outcome[] = run.stdout
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line));

const failures = [...problems];
const check = (isRight: boolean, what: string): void => {
  if (!isRight) failures.push(what);
};

check(outcomes.length === events.length, `${events.length} events went in, and ${outcomes.length} came out`);
for (const { eventId, type, outcome, error } of outcomes) {
  const what = `${eventId} (${type}): ${outcome} ${error?.name ?? ""} ${error?.message ?? ""}`;
  if (!handledTypes.includes(type)) check(outcome === "unmatched", what);
  else check(good.includes(outcome) || eventId in refusals, what);
}
const refused = outcomes.filter(({ eventId }) => eventId in refusals).length;
check(run.status === (refused > 0 ? 1 : 0), `npm start ended with ${run.status}\n${run.stderr}`);

for (const failure of failures) console.error(escapeLines(failure));
console.log(`${outcomes.length - failures.length} of ${events.length} events accounted for`);
process.exitCode = failures.length > 0 ? 1 : 0;
