import { suite } from "uvu";
import * as assert from "uvu/assert";
import { bounds, emptyLedger, type EventLedger } from "../../../lambdas/ledger/event-ledger.ts";
import { resolveState } from "../../../lambdas/ledger/resolve-state.ts";
import { thrown } from "../../helpers/rejects.ts";
import { stateFields } from "./states.ts";

const test = suite("the state that a ledger resolves to");

const state = (status: string, end: number | null = null) => ({ ...stateFields, status, current_period_end: end });

// Of a subscription whose first event is there, and whose newest second is 200; each state that its transitions lead to is known.
const resolve = (more: Partial<EventLedger>) => {
  const ends = (more.transitions ?? []).map((transition) => transition.split(">")[1] ?? "");
  const states = Object.fromEntries(ends.map((hash) => [hash, state(hash)]));
  const { state: found, ...resolved } = resolveState({ ...emptyLedger, started: true, newest: 200, states, ...more });
  return { status: found.status, ...resolved };
};

const sure = (hash: string) => ({
  status: hash,
  hash,
  order: "certain",
  gapSince: null,
  missing: { after: [], before: [] },
  updatedAt: 200,
});

test("is that of the last event, for certain, where none is missing", () => {
  assert.equal(resolve({ transitions: [">a"], balance: { a: [1, 200] } }), sure("a"));
  assert.equal(resolve({ transitions: ["a>b"], balance: { a: [0, 200], b: [1, 200] } }), sure("b"));
});

test("is assumed where the first event is not there, though no gap is seen before it", () => {
  const alone = { transitions: ["a>b"], balance: { a: [-1, 200], b: [1, 200] } } satisfies Partial<EventLedger>;
  assert.equal(resolve({ ...alone, started: false }), { ...sure("b"), order: "assumed" });
  assert.equal(resolve(alone), {
    ...sure("b"),
    order: "assumed",
    gapSince: 200,
    missing: { after: [], before: ["a"] },
  });
  const { missing, gapSince } = resolve({
    started: false,
    transitions: ["c>d"],
    balance: { a: [-1, 100], b: [1, 100], c: [-1, 200], d: [1, 200] },
  });
  assert.equal([missing, gapSince], [{ after: ["b"], before: ["c"] }, 100]);
});

test("shows a gap since the earliest state that is unmet, and names those, the latest first", () => {
  const resolved = resolve({
    transitions: ["c>d"],
    balance: { a: [1, 50], e: [1, 70], b: [1, 70], f: [1, 70], x: [-1, 60], c: [-1, 200], d: [1, 200] },
  });
  assert.equal(resolved, {
    ...sure("d"),
    order: "assumed",
    gapSince: 50,
    missing: { after: ["b", "e", "f", "a"], before: ["c", "x"] },
  });
});

test("shows a gap where the newest second falls into parts, though each state of it is met", () => {
  const balance = { a: [1, 200], b: [0, 200], c: [0, 200], d: [0, 200] } satisfies EventLedger["balance"];
  const parts = { transitions: ["a>b", "b>a", "c>d", "d>c"], balance };
  const { order, gapSince, missing } = resolve(parts);
  assert.equal([order, gapSince, missing], ["assumed", 200, { after: [], before: [] }]);
  assert.is(resolve({ ...parts, isCrowded: true }).gapSince, null);
});

test("is assumed where the second may have ended otherwise, or the ledger had to leave something out", () => {
  const balance = { a: [1, 200], b: [0, 200] } satisfies EventLedger["balance"];
  assert.equal(resolve({ transitions: ["a>b", "b>a"], balance }), { ...sure("a"), order: "assumed" });
  const whole = { transitions: [">a"], balance: { a: [1, 200] } } satisfies Partial<EventLedger>;
  const repeats = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`${index}:p>q`, 0]));
  assert.is(resolve({ ...whole, untrackedFrom: "x" }).order, "assumed");
  assert.is(resolve({ ...whole, isCrowded: true }).order, "assumed");
  assert.is(resolve({ ...whole, repeats: repeats(bounds.repeats) }).order, "assumed");
  assert.is(resolve({ ...whole, repeats: repeats(bounds.repeats - 1) }).order, "certain");
});

test("is one that is known, where a crowded second keeps no edge to it, and else an error", () => {
  const crowded = resolve({
    transitions: ["a>b"],
    balance: { b: [1, 200] },
    states: { q: state("q") },
    isCrowded: true,
  });
  assert.equal([crowded.hash, crowded.order], ["q", "assumed"]);
  const { message } = thrown(() => resolve({ transitions: ["a>b"], balance: { b: [1, 200] }, states: {} }));
  assert.match(message, "holds no state");
});

test("is that of the later period, where nothing else decides", () => {
  const balance = { a: [0, 200], b: [0, 200] } satisfies EventLedger["balance"];
  for (const [a, b, hash] of [
    [300, null, "a"],
    [null, 300, "b"],
    [300, 200, "a"],
    [null, null, "b"],
  ] as const) {
    const states = { a: state("a", a), b: state("b", b) };
    assert.is(resolve({ transitions: ["a>b", "b>a"], balance, states }).hash, hash);
  }
});

const ended = { at: 300, hash: "z", state: state("canceled") };
const end = { ...sure("z"), status: "canceled", updatedAt: 300 };

test("is the end where it has ended, for certain, with the state before it met by that", () => {
  assert.equal(resolve({ ended, balance: { a: [1, 200], z: [1, 300] } }), end);
  assert.equal(resolve({ ended, balance: { z: [1, 300] } }), end);
  assert.equal(resolve({ ended, balance: { a: [1, 100], b: [1, 200], z: [1, 300] } }), {
    ...end,
    gapSince: 100,
    missing: { after: ["a"], before: [] },
  });
});

test("counts a transition that came again in the newest second once, where no path leads back", () => {
  const again = (repeat: string, balance: EventLedger["balance"], transitions = ["a>b", "b>c"]) =>
    resolve({ transitions, balance, repeats: { [`200:${repeat}`]: 1 } });
  assert.equal(again("a>b", { a: [-1, 200], b: [2, 200] }, ["a>b"]), sure("b"));
  assert.equal(again("b>c", { a: [0, 200], b: [-1, 200], c: [2, 200] }), sure("c"));
  // It may have been a change there and back again, of which the way back is lost.
  assert.equal(again("a>b", { a: [-1, 200], b: [1, 200], c: [1, 200] }), { ...sure("c"), order: "assumed" });
});

test("counts it as often as it came where a path leads back and all is met so", () => {
  const transitions = ["a>b", "b>a"];
  const repeats = { "200:a>b": 1 };
  assert.equal(resolve({ transitions, repeats, balance: { a: [0, 200], b: [1, 200] } }), {
    ...sure("b"),
    order: "assumed",
  });
});

test("counts what came again in an older second as leaves the fewest states unmet, and on a tie as often as it came", () => {
  const transitions = ["y>z"];
  const z = { z: [1, 200] } satisfies EventLedger["balance"];
  assert.equal(
    resolve({ transitions, repeats: { "100:x>y": 1 }, balance: { x: [-1, 100], y: [1, 200], ...z } }),
    sure("z"),
  );
  assert.equal(
    resolve({ transitions, repeats: { "100:x>y": 3 }, balance: { x: [-3, 100], y: [3, 200], ...z } }),
    sure("z"),
  );
  assert.equal(
    resolve({ transitions, repeats: { "100:x>y": 1 }, balance: { x: [0, 100], y: [0, 200], ...z } }),
    sure("z"),
  );
  // Some of its copies were changes, others were told of twice.
  for (const [copies, told] of [
    [3, 1],
    [3, 2],
    [5, 4],
  ] as const) {
    const some = { x: [-told, 100], y: [told, 200], ...z } satisfies EventLedger["balance"];
    assert.equal(resolve({ transitions, repeats: { "100:x>y": copies }, balance: some }), sure("z"));
    const two = { "100:x>y": copies, "150:v>w": copies };
    const both = { ...some, v: [-told, 150], w: [told, 150] } satisfies EventLedger["balance"];
    assert.equal(resolve({ transitions, repeats: two, balance: both }), sure("z"));
    const one = { ...some, v: [0, 150], w: [0, 150] } satisfies EventLedger["balance"];
    assert.equal(resolve({ transitions, repeats: two, balance: one }), sure("z"));
  }
  const tooFew = resolve({ transitions, repeats: { "100:x>y": 1 }, balance: { x: [-2, 100], y: [2, 200], ...z } });
  assert.equal([tooFew.gapSince, tooFew.missing], [100, { after: ["y"], before: ["x"] }]);
  const chain = {
    x: [-1, 100],
    y: [0, 100],
    w: [1, 150],
    v: [0, 150],
    u: [0, 200],
    ...z,
  } satisfies EventLedger["balance"];
  assert.equal(resolve({ transitions: ["u>z"], repeats: { "100:x>y": 1, "150:y>w": 1 }, balance: chain }), sure("z"));
});

test("counts a transition of the newest second that was told of twice in an older one", () => {
  const balance = { a: [-1, 200], b: [2, 200], c: [0, 200] } satisfies EventLedger["balance"];
  assert.equal(resolve({ transitions: ["a>b", "c>a"], repeats: { "100:a>b": 1 }, balance }), sure("b"));
});

test("follows no state beyond the hash from which on none is kept", () => {
  for (const untracked of ["y", "m"]) {
    const { missing } = resolve({
      transitions: ["y>z"],
      untrackedFrom: "m",
      repeats: { [`100:a>${untracked}`]: 1 },
      balance: { a: [-1, 100] },
    });
    assert.equal(missing, { after: [], before: [] });
  }
});

test("meets what version 1 left open under an old hash with the state of today that it stands for", () => {
  const carried = (known: Record<string, string>, balance: EventLedger["balance"]) =>
    resolve({ transitions: ["b>c"], version1: { open: ["old"], known }, balance });
  assert.equal(carried({ b: "old" }, { old: [1, 100], b: [-1, 200], c: [1, 200] }), sure("c"));
  const two = carried({ b: "old", d: "old" }, { old: [2, 100], b: [-1, 200], d: [-1, 150], c: [1, 200] });
  assert.equal(two, sure("c"));
  const left = carried({ b: "old" }, { old: [2, 100], b: [-1, 200], c: [1, 200] });
  assert.equal(left.missing, { after: ["b"], before: [] });
  const unknown = carried({}, { old: [1, 100], b: [-1, 200], c: [1, 200] });
  assert.equal(unknown.missing, { after: ["old"], before: ["b"] });
});

const read = { from: 198, to: 202, hash: "s", transitions: [] as string[] };

test("begins with the state that was read from Stripe's API, where nothing has happened since", () => {
  const ledger = { ...emptyLedger, started: true, newest: 198, states: { s: state("s") }, snapshot: read };
  const { state: found, order, gapSince } = resolveState(ledger);
  assert.equal([found.status, order, gapSince], ["s", "certain", null]);
});

test("is the read one before any other that the transitions of its seconds could have begun in", () => {
  const transitions = ["s>b", "b>s"];
  const found = resolve({ transitions, balance: { b: [0, 200], s: [0, 200] }, snapshot: { ...read, transitions } });
  assert.equal(found, { ...sure("s"), order: "assumed" });
});

test("is assumed in the seconds of a read that has more transitions than are kept, or one that leads elsewhere", () => {
  const among = (transitions: string[]) => resolve({ transitions: ["s>s"], snapshot: { ...read, transitions } }).order;
  const many = Array.from({ length: bounds.transitions }, (_, index) => `x${index}>s`);
  assert.is(among(many.slice(1)), "certain");
  assert.is(among(many), "assumed");
  assert.is(among(["s>s", "s>b"]), "assumed");
});

test("shows a gap where a transition of the read's seconds does not hang together with it, until a later second", () => {
  const around = (newest: number, more: Partial<EventLedger> = {}) =>
    resolve({
      newest,
      transitions: ["s>b"],
      balance: { x: [0, 199], s: [-1, newest], b: [1, newest] },
      snapshot: { ...read, transitions: ["x>x", "s>b"] },
      ...more,
    });
  const within = around(202);
  assert.equal([within.hash, within.order, within.gapSince], ["b", "assumed", 198]);
  const apart = { transitions: ["x>y"], snapshot: { ...read, transitions: ["x>y"] } };
  const { missing } = resolve({ ...apart, balance: { x: [-1, 200], y: [1, 200] } });
  assert.equal(missing, { after: ["s"], before: ["x"] });
  const later = around(203);
  assert.equal([later.hash, later.order, later.gapSince], ["b", "certain", null]);
  const canceled = { at: 201, state: state("canceled"), hash: "z" };
  const over = around(200, { transitions: [], ended: canceled, balance: { z: [1, 201], x: [0, 199] } });
  assert.equal([over.hash, over.order, over.gapSince], ["z", "certain", null]);
});

test("counts the state that was read as entered, no earlier than its read, where it is followed", () => {
  const after = (more: Partial<EventLedger>) => resolve({ transitions: ["a>b"], snapshot: read, ...more });
  const unmet = after({ balance: { a: [0, 200], b: [1, 200] } });
  assert.equal([unmet.missing.after, unmet.gapSince], [["s"], 198]);
  const entered = { a: [0, 200], b: [1, 200], s: [0, 199] } satisfies EventLedger["balance"];
  assert.equal([after({ balance: entered }).missing.after, after({ balance: entered }).gapSince], [["s"], 199]);
  for (const untrackedFrom of ["m", "s"]) {
    assert.equal(after({ untrackedFrom, balance: { a: [0, 200], b: [1, 200] } }).missing.after, []);
  }
  assert.equal(after({ untrackedFrom: "t", balance: { a: [0, 200], b: [1, 200] } }).missing.after, ["s"]);
});

test.run();
