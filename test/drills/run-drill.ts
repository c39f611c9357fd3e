import { workflows } from "../../infra/workflows.ts";
import type { Envelope } from "../../emulator/eventbridge/envelope.ts";
import { makeAwsApi } from "../../emulator/aws-api.ts";
import { VirtualClock } from "../../emulator/time/clock.ts";
import { type StripeEnvelope, toEnvelope } from "../../local/stripe-envelope.ts";
import { loadStack, configOf } from "../../local/program.ts";
import { urlOf } from "../../console/http/listen.ts";
import { listen } from "../../local/http/server.ts";
import { type Dump, type Runner, startRunner } from "../../local/runner.ts";
import { makeKeyedQueue } from "../../emulator/time/keyed-queue.ts";
import { redriveAll } from "../../ops/redrive/redrive-all.ts";
import { type BillingEvent, makeBillingHistory } from "../../samples/billing-history.ts";
import { randomFrom, shuffled, withDuplicates } from "../../samples/random.ts";
import { faultPlan, type Faults, isNeverDelivered } from "./drill/fault-plan.ts";
import { comparePublished, type PublishedResult } from "./drill/published.ts";
import { reconcile, stripeAfter } from "./drill/reconcile.ts";
import { asCertain, differenceOf, type Rows, rowsOf } from "./drill/rows.ts";

/** The size of a drill, and the share of faults. */
export interface DrillArgs extends Faults {
  /** The number of subscriptions. */
  lives: number;
  /** The number of events in all; the last subscriptions are cut off there. */
  events: number;
  /** The share of events that are never delivered. */
  lost: number;
  /** Called with a line for each step. */
  say: (line: string) => void;
}

/** The result of a drill. */
export interface DrillResult {
  eventsIn: number;
  neverDelivered: number;
  deliveries: number;
  applied: number;
  deadLettered: number;
  redriven: number;
  /** Events that were delivered and never handled, and messages that are left in a queue at the end. */
  lost: number;
  /** Events that could not even be dead-lettered, and were replayed from the archive. */
  fromArchive: number;
  /** Once the gaps are healed, before the reconciliation. */
  rowsDifferentBefore: number;
  rowsDifferent: number;
  /** How many changes the redrive has left unpublished; the reconciliation publishes them. */
  waitingBefore: number;
  /** What was on the bus in the end, held against the rows. */
  publication: PublishedResult;
}

/**
 * Plays subscriptions' events through faults, without some that are lost for good, redrives until the queues are empty, reconciles, and
 * compares all rows with those of a run without faults.
 */
export const runDrill = async (args: DrillArgs): Promise<DrillResult> => {
  const { say, seed } = args;
  const random = randomFrom(seed);
  // Stripe lists events of the last 30 days.
  const begin = (Math.floor(Date.now() / 1000 / daySeconds) - 20) * daySeconds;
  const lives = Array.from({ length: args.lives }, (_, index) => makeBillingHistory(`${index}`, random, begin));
  const events = lives.flat().slice(0, args.events);
  const delivered = events.filter((event) => !isNeverDelivered(event, args.lost));
  const sent = shuffled(withDuplicates(delivered, 0.1, random), random);

  const expected = await rowsWithoutFaults(events);
  say(`Without a fault: ${events.length} events make ${expected.size} rows`);

  const onBus: Envelope[] = [];
  const stormy = await startStormy(args, events, (event) => void onBus.push(event));
  try {
    const outcomes = await take(stormy, sent);
    const { deadLetters } = await stormy.dump();
    const [deadLetterText, deadLettered] = [JSON.stringify(deadLetters), deadLetters.length];
    say(
      `With ${100 * args.share} % faults at every hop, in any order: ${sent.length} events, ${deadLettered} dead letters`,
    );
    await stormy.setFaults(null);
    const replayed = await replayAll(stormy, new Set(sent.filter((_, index) => outcomes[index] === "lost")));
    await redriveUntilEmpty(stormy);
    await stormy.executions.idle();
    const { waiting: waitingBefore } = comparePublished(onBus, await stormy.dump());
    // A state that is only assumed may be the right one.
    const differentBefore = differenceOf(expected, asCertain(await rowsOf(stormy)));
    say(`${differentBefore.length} rows are different; reconciled: ${JSON.stringify(await reconcile(stormy, begin))}`);
    const different = differenceOf(expected, await rowsOf(stormy));
    for (const key of different.slice(0, 10)) say(`Still different: ${key}`);
    const dump = await stormy.dump();
    const publication = publicationOf(onBus, dump, say);
    const left = dump.deadLetters.length + dump.parked.length;
    const handled = new Set([...idsOfHandled(sent, outcomes), ...replayed]);
    return {
      eventsIn: events.length,
      neverDelivered: events.length - delivered.length,
      deliveries: sent.length,
      applied: outcomes.filter((outcome) => outcome === "applied").length,
      deadLettered,
      redriven: deadLettered - left,
      fromArchive: replayed.length,
      lost: delivered.filter(({ id }) => !handled.has(id) && !deadLetterText.includes(`"${id}"`)).length + left,
      rowsDifferentBefore: differentBefore.length,
      rowsDifferent: different.length,
      waitingBefore,
      publication,
    };
  } finally {
    await stormy.stop();
  }
};

const startStormy = (args: DrillArgs, events: BillingEvent[], onPublished: (event: Envelope) => void) =>
  startRunner({
    graph: loadStack(configOf("dev")),
    clock: new VirtualClock(Date.now(), 1000),
    faults: faultPlan(args, events),
    stripe: { objects: stripeAfter(events) },
    containers: 6,
    onPublished,
  });

const publicationOf = (onBus: Envelope[], dump: Dump, say: DrillArgs["say"]): PublishedResult => {
  const publication = comparePublished(onBus, dump);
  for (const what of [...publication.missing, ...publication.untrue].slice(0, 10)) say(`Published: ${what}`);
  return publication;
};

const rowsWithoutFaults = async (events: object[]): Promise<Rows> => {
  const calm = await startRunner({ graph: loadStack(configOf("dev")), clock: new VirtualClock() });
  await take(calm, events);
  const rows = asCertain(await rowsOf(calm));
  await calm.stop();
  return rows;
};

const daySeconds = 24 * 3600;

const idsOfHandled = (sent: BillingEvent[], outcomes: string[]): string[] =>
  sent.filter((_, index) => good.has(outcomes[index] ?? "")).map(({ id }) => id);

const good = new Set(["applied", "duplicate", "stale", "skipped"]);

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
const replayAll = async ({ graph, replays }: Runner, events: Iterable<BillingEvent>): Promise<string[]> => {
  const again: string[] = [];
  for (const { id, type, created } of events) {
    const archive = replays.archives.find(({ arn }) => arn === Object(graph.outputs["archive"]).arn);
    if (!archive) throw new Error("The program makes no archive of Stripe's events");
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
