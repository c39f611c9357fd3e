import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  type Edge,
  endOfWalk,
  hasPath,
  isConnected,
  isUnambiguous,
  type NewestSecond,
} from "../../../lambdas/ledger/transition-graph.ts";

const test = suite("the transitions of one second");

// `a>b` is an edge, `>b` that of the first event, `a>b*2` two parallel ones.
const edgesOf = (text: string): Edge[] =>
  text
    .split(" ")
    .filter((one) => one !== "")
    .map((one) => {
      const [move = "", count = "1"] = one.split("*");
      const [from = "", to = ""] = move.split(">");
      return { from, to, count: Number(count) };
    });

const end = (text: string, more: Partial<NewestSecond> = {}): string =>
  endOfWalk({ edges: edgesOf(text), entered: [], left: [], periodEndOf: () => 0, ...more });

test("end where the walk along all of them ends, in whatever order they are listed", () => {
  assert.is(end(">a a>b b>c"), "c");
  assert.is(end("b>c >a a>b"), "c");
  assert.is(end("c>b b>a"), "a");
  assert.is(end("a>b*2 b>a"), "b");
  assert.is(end("a>b b>a*2 c>b"), "a");
  assert.is(end("a>a"), "a");
  assert.is(end(""), "");
});

test("end in the component that follows on a missing event, if there are several", () => {
  for (const text of ["x>z c>a", "c>a x>z"]) {
    assert.is(end(text, { left: ["c"] }), "a");
    assert.is(end(text, { left: ["x"] }), "z");
  }
  assert.is(end(">z c>a", { left: ["c"] }), "a");
  assert.is(end("x>z c>a b>c", { left: ["b"] }), "a");
  assert.is(end("x>a c>b q>z", { left: ["c", "x"] }), "b");
  assert.is(end("a>x*2 x>b x>c q>z", { left: ["a"] }), "c");
});

test("end where the whole history does, if the second ends as it began", () => {
  assert.is(end("a>b b>a", { entered: ["a"] }), "a");
  assert.is(end("a>b b>a", { entered: ["b"] }), "b");
  assert.is(end("a>b b>c c>a", { entered: ["a", "x"] }), "a");
});

test("end in no state that only the first event shows, if there is another, and rather in a sink", () => {
  assert.is(end(">b a>a"), "a");
  assert.is(end(">b c>a"), "a");
  assert.is(end("b>b a>b c>c c>a", { entered: ["a", "b", "c"] }), "b");
});

test("end, where no rule is left, in the later period, and in the larger hash where periods are equal", () => {
  const periods = (ends: Record<string, number>) => ({ periodEndOf: (hash: string) => ends[hash] ?? null });
  for (const text of ["a>b b>a", "b>a a>b"]) {
    assert.is(end(text, periods({ a: 300, b: 200 })), "a");
    assert.is(end(text, periods({ a: 200, b: 300 })), "b");
    assert.is(end(text, periods({ a: 200, b: 200 })), "b");
  }
  assert.is(end("a>b b>c c>a", periods({ a: 200, b: 100, c: 300 })), "c");
  assert.is(end("a>b b>c c>a", periods({ a: 300, b: 300, c: 100 })), "b");
});

test("never end in a state of which no more than its hash is known", () => {
  assert.is(end("a>b", { periodEndOf: () => null }), "");
  assert.is(end("a>b b>a", { periodEndOf: (hash) => (hash === "a" ? 100 : null) }), "a");
});

test("are one path only where no state is visited twice", () => {
  for (const one of [">a", ">a a>b b>c", "b>c a>b", "a>b b>c c>c", "a>b", ">a a>a", "a>b c>b a>b*2"]) {
    assert.is(isUnambiguous(edgesOf(one)), true, one);
  }
  for (const several of [
    "a>b b>a",
    "a>b b>c*2",
    "a>b b>c c>b",
    "a>b a>c",
    "a>b c>b b>d",
    "a>b c>d",
    "a>b b>b b>c",
    "a>a a>b b>c",
    "a>b c>d d>c",
    "a>b b>c x>x",
  ]) {
    assert.is(isUnambiguous(edgesOf(several)), false, several);
  }
});

test("are connected unless one is missing between them, whatever the directions", () => {
  for (const one of ["", "a>b", "a>b c>b", "a>b c>d b>c", "a>b a>c", "a>a a>b"]) {
    assert.is(isConnected(edgesOf(one)), true, one);
  }
  for (const parts of ["a>b c>d", "a>a b>b", "a>b c>d d>e"]) assert.is(isConnected(edgesOf(parts)), false, parts);
});

test("make a path from one state to another along their directions only", () => {
  const edges = edgesOf("c>d b>c a>b");
  for (const [from, to, is] of [
    ["a", "d", true],
    ["b", "d", true],
    ["a", "a", true],
    ["d", "a", false],
    ["c", "b", false],
    ["a", "x", false],
  ] as const) {
    assert.is(hasPath(edges, from, to), is, `${from} to ${to}`);
  }
});

test.run();
