import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type EventLedger, repeatOf } from "../../../lambdas/ledger/event-ledger.ts";
import { edgeOf, type Fold, read, type ResolvedState } from "../../../lambdas/ledger/reading.ts";
import { resolveState } from "../../../lambdas/ledger/resolve-state.ts";
import { hasPath } from "../../../lambdas/ledger/transition-graph.ts";
import { randomFrom, withDoubles } from "../../../samples/random.ts";
import {
  type GroundTruth,
  makeSubscriptionHistory,
  matchesGroundTruth,
} from "../../../samples/subscription-history.ts";
import {
  currentSubscriptionFields,
  type StoredSubscription,
} from "../../../lambdas/subscriptions/subscription-item.ts";
import { playLife } from "../../helpers/play-life.ts";

const test = suite("the readings of a ledger whose transitions came again");

// Ledgers of histories with many doubles, some of whose events are late or lost.
const ledgers = (seeds: number): { ledger: EventLedger; end: GroundTruth; stored: StoredSubscription }[] =>
  (["apart", "half", "none"] as const).flatMap((gaps) =>
    Array.from({ length: seeds }, (_, seed) => {
      const random = randomFrom(seed);
      const late = seed % 3 === 0 ? 0.2 : 0;
      const { events, end } = makeSubscriptionHistory({ name: "read", random, gaps, late, isToggling: seed % 2 === 0 });
      const lost = Array.from({ length: seed % 3 }, () => 1 + Math.floor(random() * (events.length - 2)));
      const left = events.filter((_event, index) => !lost.includes(index));
      const stored = Object.values(playLife(withDoubles(left, 0.4, random)));
      return stored.map((one) => ({ ledger: one.ledger, end, stored: one }));
    }).flat(),
  );

const unmetIn = ({ missing }: ResolvedState): number => missing.after.length + missing.before.length;

// What counts once for certain, and every way to leave out copies of the others.
const waysOf = (ledger: EventLedger): Fold[][] => {
  const edges = ledger.transitions.map((transition) => edgeOf(transition, 1));
  const all = Object.entries(ledger.repeats).map(([key, count]): Fold => ({ ...repeatOf(key), count }));
  const isOnce = ({ second, from, to }: Fold) => !ledger.ended && second === ledger.newest && !hasPath(edges, to, from);
  return all.reduce<Fold[][]>(
    (ways, fold) => {
      const counts = isOnce(fold) ? [fold.count] : Array.from({ length: fold.count + 1 }, (_, count) => count);
      return ways.flatMap((way) => counts.map((count) => [...way, { ...fold, count }]));
    },
    [[]],
  );
};

test("leave as few states unmet as any does, and leave no copy out where none has to be", () => {
  let compared = 0;
  for (const { ledger } of ledgers(300)) {
    const ways = waysOf(ledger);
    if (ways.length === 1) continue;
    compared += 1;
    const fewest = Math.min(...ways.map((way) => unmetIn(read(ledger, way).resolved)));
    const resolved = resolveState(ledger);
    assert.is(unmetIn(resolved), fewest, JSON.stringify(ledger));
    const [whole = []] = ways;
    const counted = read(ledger, whole).resolved;
    if (unmetIn(counted) === 0) assert.equal({ ...resolved, order: "" }, { ...counted, order: "" });
  }
  assert.ok(compared > 500, `${compared}`);
});

test("are right as often as they were: where several leave as few states unmet, it matters where the search begins", () => {
  const all = ledgers(120);
  const right = all.filter(({ stored, end }) =>
    matchesGroundTruth(currentSubscriptionFields("u", { sub_read: stored }, { monthly: [], yearly: [] }), end),
  );
  assert.ok(right.length >= 335, `${right.length} of ${all.length}`);
});

test.run();
