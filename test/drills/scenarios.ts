import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { randomFrom, shuffled, withDuplicates } from "../../samples/random.ts";
import { handledTypes } from "../../infra/workflows.ts";
import { makeCommand } from "../../ops/command/make-command.ts";
import { VirtualClock } from "../../emulator/time/clock.ts";
import { toEnvelope } from "../../local/stripe-envelope.ts";
import { loadStack, configOf } from "../../local/program.ts";
import { outboxIn } from "../../lambdas/publishing/outbox.ts";
import { withoutOutbox } from "../helpers/without-outbox.ts";
import { startRunner } from "../../local/runner.ts";
import { makeKeyedQueue } from "../../emulator/time/keyed-queue.ts";

const command = makeCommand(
  "scenarios",
  "Plays each scenario 200 times out of order and with duplicates, and compares the rows with those of the scenario in order.",
)
  .argument("<folder>", "the folder of the scenarios, *.json")
  .parse();

const times = 200;
const random = randomFrom(1);
const folder = `${command.processedArgs[0]}`;
const scenarios = readdirSync(folder).filter((file) => file.endsWith(".json"));

const runner = await startRunner({ graph: loadStack(configOf("dev")), clock: new VirtualClock() });
const { account, region } = runner.graph;
const arrival = { eventSource: "homebiyori.stripe.test", keepSource: false, account, region };
const schedule = makeKeyedQueue(16);

// Gives the ids of a scenario a suffix for each of its runs; all scenarios name their ids in the same way.
const renamed = (text: string, suffix: string): string =>
  text.replaceAll(/\b((?:evt|cus|sub|in|pi|inpay)_\w+)/g, `$1${suffix}`);

const suffixOf = (scenario: number, time: number): string => `X${scenario}X${time}X`;

const play = async (scenario: number, time: number): Promise<void> => {
  const text = readFileSync(join(folder, scenarios[scenario] ?? ""), "utf8");
  const { events }: { events: { type: string }[] } = JSON.parse(renamed(text, suffixOf(scenario, time)));
  const envelopes = events.filter(({ type }) => handledTypes.includes(type)).map((event) => toEnvelope(event, arrival));
  await runner.addPlaceholderUsers(envelopes);
  const order = time === 0 ? envelopes : shuffled(withDuplicates(envelopes, 0.3, random), random);
  for (const envelope of order) await schedule(suffixOf(scenario, time), () => runner.take(envelope));
};

const plays = scenarios.flatMap((_, scenario) => Array.from({ length: times + 1 }, (__, time) => play(scenario, time)));
await Promise.all(plays);

const { core, payments, deadLetters } = await runner.dump();
const all = [...core, ...payments];
const unpublished = all.filter((row) => outboxIn(row).changes.length > 0).length;
// The ledger of a subscription's events names them by hashes of their ids, which differ; how many changes were published is a matter of
// the order.
const rows = all.map((row) => JSON.stringify(withoutOutbox(row), (key, value) => (key === "ledger" ? null : value)));
let different = 0;
for (const scenario of scenarios.keys()) {
  const rowsOf = (time: number): string => {
    const suffix = suffixOf(scenario, time);
    return rows
      .filter((row) => row.includes(suffix))
      .map((row) => row.replaceAll(suffix, ""))
      .join("\n");
  };
  const first = rowsOf(0);
  const others = Array.from({ length: times }, (_, time) => rowsOf(time + 1));
  const wrong = others.filter((other) => other !== first).length;
  different += wrong;
  console.log(`${scenarios[scenario]}: ${first.split("\n").length} rows, the same ${times - wrong} times of ${times}`);
}
await runner.stop();
console.log(`${deadLetters.length} dead letters, ${unpublished} rows with changes that are not published`);
process.exitCode = different > 0 || deadLetters.length > 0 || unpublished > 0 ? 1 : 0;
