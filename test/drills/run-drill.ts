import { workflows } from "../../infra/workflows.ts";
import { makeAwsApi } from "../../emulator/aws-api.ts";
import { VirtualClock } from "../../emulator/time/clock.ts";
import { type StripeEnvelope, toEnvelope } from "../../local/stripe-envelope.ts";
import type { FaultPlan } from "../../emulator/faults/faults.ts";
import { loadStack, configOf } from "../../local/program.ts";
import { listen, urlOf } from "../../local/http/server.ts";
import { type Runner, startRunner } from "../../local/runner.ts";
import { makeKeyedQueue } from "../../emulator/time/keyed-queue.ts";
import { redriveAll } from "../../ops/redrive/redrive-all.ts";
import { type BillingEvent, makeBillingHistory } from "../../samples/billing-history.ts";
import { randomFrom, shuffled, withDuplicates } from "../../samples/random.ts";

/** The size of a drill, and the share of faults. */
export interface DrillArgs {
  /** The number of subscriptions. */
  lives: number;
  /** The number of events in all; the last subscriptions are cut off there. */
  events: number;
  seed: number;
  /** The share of faults at each hop. */
  share: number;
  /** Called with a line for each step. */
  say: (line: string) => void;
}

/** The result of a drill. */
export interface DrillResult {
  eventsIn: number;
  deliveries: number;
  applied: number;
  deadLettered: number;
  redriven: number;
  /** Events that were never handled, and messages that are left in a queue at the end. */
  lost: number;
  /** Events that could not even be dead-lettered, and were replayed from the archive. */
  fromArchive: number;
  rowsDifferent: number;
}

/** Plays subscriptions' events through faults, redrives until the queues are empty, and compares all rows with a run without faults. */
export const runDrill = async (args: DrillArgs): Promise<DrillResult> => {
  const { say, seed } = args;
  const random = randomFrom(seed);
  const lives = Array.from({ length: args.lives }, (_, index) => makeBillingHistory(`${index}`, random));
  const events = lives.flat().slice(0, args.events);
  const sent = shuffled(withDuplicates(events, 0.1, random), random);

  const calm = await startRunner({ graph: loadStack(configOf("dev")), clock: new VirtualClock() });
  await take(calm, events);
  const expected = await rowsOf(calm);
  await calm.stop();
  say(`Without a fault: ${events.length} events make ${expected.size} rows`);

  const faults = planOf(args, events);
  const stormy = await startRunner({
    graph: loadStack(configOf("dev")),
    clock: new VirtualClock(Date.now(), 1000),
    faults,
    containers: 6,
  });
  try {
    const outcomes = await take(stormy, sent);
    const { deadLetters: sentDeadLetters } = await stormy.dump();
    const deadLetterText = JSON.stringify(sentDeadLetters);
    const deadLettered = sentDeadLetters.length;
    const unqueued = new Set(sent.filter((_, index) => outcomes[index] === "lost"));
    say(
      `With ${100 * args.share} % faults at every hop, in any order: ${sent.length} events, ${deadLettered} dead letters`,
    );
    stormy.stopFaults();
    const replayed = await replayAll(stormy, [...unqueued]);
    await redriveUntilEmpty(stormy);
    const { deadLetters, parked } = await stormy.dump();
    const left = deadLetters.length + parked.length;
    const handled = new Set([
      ...sent.filter((_, index) => good.has(outcomes[index] ?? "")).map(({ id }) => id),
      ...replayed,
    ]);
    return {
      eventsIn: events.length,
      deliveries: sent.length,
      applied: outcomes.filter((outcome) => outcome === "applied").length,
      deadLettered,
      redriven: deadLettered - left,
      fromArchive: replayed.length,
      lost: events.filter(({ id }) => !handled.has(id) && !deadLetterText.includes(`"${id}"`)).length + left,
      rowsDifferent: differenceOf(expected, await rowsOf(stormy)),
    };
  } finally {
    await stormy.stop();
  }
};

const good = new Set(["applied", "duplicate", "stale", "skipped"]);

// Besides transient faults, some events fail at one hop on every attempt until the faults stop: only those are dead-lettered.
const planOf = ({ seed, share }: DrillArgs, events: { id: string }[]): FaultPlan => ({
  seed,
  faults: [
    { hop: "delivery", kind: "fails", events: everyNth(events, 40, 1) },
    // The queue refuses some of those too: only the archive holds them then.
    { hop: "queue", kind: "refuses", events: everyNth(events, 200, 1) },
    { hop: "lambda", kind: "throws", events: everyNth(events, 40, 2) },
    { hop: "lambda", kind: "crashes", events: everyNth(events, 40, 3) },
    { hop: "lambda", kind: "hangs", events: everyNth(events, 40, 4) },
    { hop: "delivery", kind: "fails", probability: share },
    { hop: "delivery", kind: "twice", probability: share },
    { hop: "delivery", kind: "late", probability: share },
    { hop: "lambda", kind: "throws", probability: share / 4 },
    { hop: "lambda", kind: "crashes", probability: share / 4 },
    { hop: "lambda", kind: "hangs", probability: share / 4 },
    { hop: "lambda", kind: "out-of-memory", probability: share / 4 },
    { hop: "dynamodb", kind: "throttles", probability: share / 3 },
    { hop: "dynamodb", kind: "errors", probability: share / 3 },
    { hop: "dynamodb", kind: "errors-after-write", probability: share / 3 },
    { hop: "queue", kind: "refuses", probability: share },
  ],
});

const everyNth = (events: { id: string }[], n: number, from: number): string[] =>
  events.filter((_, index) => index % n === from).map(({ id }) => id);

// Not in order for each customer: the drill shows that processing is order-independent.
const take = async (runner: Runner, events: object[]): Promise<string[]> => {
  const { account, region } = runner.graph;
  const arrival = { eventSource: "homebiyori.stripe.test", keepSource: false, account, region };
  // Many, as most of them wait, and time goes on only when all do.
  const schedule = makeKeyedQueue(200);
  const envelopes: StripeEnvelope[] = events.map((event) => toEnvelope(event, arrival));
  return Promise.all(
    envelopes.map((event, index) => schedule(`${index}`, async () => (await runner.take(event)).outcome)),
  );
};

// Replays the second of each event to the rule of its type, and returns the ids of those that were replayed.
const replayAll = async ({ graph, replays }: Runner, events: BillingEvent[]): Promise<string[]> => {
  const again: string[] = [];
  for (const { id, type, created } of events) {
    const [archive] = replays.archives;
    if (!archive) throw new Error("The program makes no archive");
    const workflow = workflows.find(({ eventType }) => eventType === type);
    const ruleArns = [`${Object(graph.outputs["rules"])[`${workflow?.name}-rule`]}`];
    const [from, to] = [1000 * Number(created), 1000 * Number(created) + 1000];
    const replay = replays.start({ name: `lost-${id}`, description: undefined, archive, ruleArns, from, to });
    await replay.done;
    if (replay.state === "COMPLETED" && replay.lastReplayed !== undefined) again.push(id);
  }
  return again;
};

const redriveUntilEmpty = async (runner: Runner): Promise<void> => {
  const aws = makeAwsApi({ ...runner, now: () => Date.now() });
  const refuse = () => Promise.reject(new Error("The drill takes no events by HTTP"));
  const server = await listen(0, { take: refuse, webhookSecret: undefined, aws, outputs: runner.graph.outputs });
  const options = { local: urlOf(server), dryRun: false, max: 3, rate: 1000, parked: false };
  let code = 1;
  for (let round = 0; round < 5 && code !== 0; round += 1) {
    code = await redriveAll(options, new AbortController().signal);
  }
  server.closeAllConnections();
  server.close();
};

const rowsOf = async (runner: Runner): Promise<Map<string, string>> => {
  const { core, payments } = await runner.dump();
  return new Map([...core, ...payments].map((row) => [`${row["PK"]} ${row["SK"]}`, JSON.stringify(row)]));
};

const differenceOf = (expected: Map<string, string>, found: Map<string, string>): number =>
  [...new Set([...expected.keys(), ...found.keys()])].filter((key) => expected.get(key) !== found.get(key)).length;
