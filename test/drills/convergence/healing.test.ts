import { suite } from "uvu";
import * as assert from "uvu/assert";
import { VirtualClock } from "../../../emulator/time/clock.ts";
import { resolveState } from "../../../lambdas/ledger/resolve-state.ts";
import { configOf, loadStack } from "../../../local/program.ts";
import { startRunner } from "../../../local/runner.ts";
import { stripeAfter } from "../drill/reconcile.ts";
import { closeGap } from "./healing.ts";
import { type Life, makeLives } from "./lives.ts";
import { ledgersOf, play } from "./play.ts";

const test = suite("healing");

const endsOf = (lives: { ledger: Parameters<typeof resolveState>[0] }[]) =>
  lives.map(({ ledger }) => {
    const { hash, order, gapSince } = resolveState(ledger);
    return { hash, order, gapSince };
  });

test("by the state machines ends as convergence computes it, with as many calls of Stripe", async () => {
  const cell = { kind: "some are lost", gaps: "half", order: "shuffled" } as const;
  const lives: Life[] = [
    ...makeLives({ ...cell, isOneLost: true }, "lost", 6, 1),
    ...makeLives({ ...cell, late: 0.3 }, "late", 6, 2),
    ...makeLives(cell, "whole", 3, 3),
  ];
  const objects = stripeAfter(lives.flatMap(({ history }) => history.events));
  const runner = await startRunner({
    graph: loadStack(configOf("dev")),
    clock: new VirtualClock(),
    stripe: { objects },
  });
  try {
    const arrived = await play(runner, lives);
    const computed = arrived.map(({ history, ledger }) => closeGap(history, ledger));
    await runner.executions.idle();
    assert.equal(endsOf(await ledgersOf(runner, lives)), endsOf(computed));
    const reads = computed.reduce((sum, healed) => sum + healed.reads, 0);
    assert.ok(reads > 0 && reads < lives.length);
    assert.equal(runner.stripeCalls(), { "GET /v1/subscriptions/{id} 200": reads });
  } finally {
    await runner.stop();
  }
});

test.run();
