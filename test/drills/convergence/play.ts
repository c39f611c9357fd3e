import { makeKeyedQueue } from "../../../emulator/time/keyed-queue.ts";
import { readLedger } from "../../../lambdas/ledger/ledger-format.ts";
import type { Runner } from "../../../local/runner.ts";
import { toEnvelope } from "../../../local/stripe-envelope.ts";
import type { EndedLife } from "./figures.ts";
import type { Life } from "./lives.ts";

/** Plays lives through the real Lambdas. */
export const play = async (runner: Runner, lives: Life[]): Promise<EndedLife[]> => {
  const { account, region } = runner.graph;
  const arrival = { eventSource: "homebiyori.stripe.test", keepSource: false, account, region };
  const schedule = makeKeyedQueue(16);
  await Promise.all(
    lives.flatMap(({ history, events }) =>
      events.map((event) => schedule(history.subscriptionId, () => runner.take(toEnvelope(event, arrival)))),
    ),
  );
  return ledgersOf(runner, lives);
};

/** Reads the ledgers of lives from their rows. */
export const ledgersOf = async (runner: Runner, lives: Life[]): Promise<EndedLife[]> => {
  const { core } = await runner.dump();
  const items = new Map(core.map((item) => [item["subscription_id"], Object(item["stripe_subscriptions"])]));
  return lives.map((life) => {
    const id = life.history.subscriptionId;
    return { ...life, ledger: readLedger(items.get(id)[id].ledger) };
  });
};
