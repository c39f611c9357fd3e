import { suite } from "uvu";
import * as assert from "uvu/assert";
import { makeAgenda } from "../../../bench/burst/agenda.ts";
import { makeBucket, makeGate, makePool } from "../../../bench/burst/limits.ts";
import { makeTable } from "../../../bench/burst/table.ts";
import { randomFrom } from "../../../bench/lives.ts";

const test = suite("the limits of a simulation");

const plenty = { concurrency: 1e9, requestsPerSecond: 1e9, environmentsPerTenSeconds: 1e9 };

test("an agenda is done in the order of time, then of entry, with what is put down meanwhile", () => {
  const agenda = makeAgenda<string>();
  for (const [at, thing] of [
    [5, "c"],
    [1, "a"],
    [5, "d"],
    [2.5, "b"],
    [9, "f"],
  ] as const) {
    agenda.add(at, thing);
  }
  const done: [string, number][] = [];
  const handle = (thing: string, now: number) => {
    done.push([thing, now]);
    // What is meant for the past is done at once.
    if (thing === "d") agenda.add(0, "e");
  };
  assert.is(agenda.run(handle, 8), 5);
  assert.equal(done, [
    ["a", 1],
    ["b", 3],
    ["c", 5],
    ["d", 5],
    ["e", 5],
  ]);
  assert.equal(agenda.left(), ["f"]);
  assert.is(agenda.run(handle), 9);
});

test("a bucket gives its burst at once, and its rate after that", () => {
  const bucket = makeBucket(10, 5);
  const taken = (now: number) => Array.from({ length: 20 }, () => bucket.take(now)).filter(Boolean).length;
  assert.equal([taken(0), taken(0), taken(1000), taken(1100), taken(1200), taken(60_000)], [10, 0, 5, 0, 1, 10]);
});

test("a gate lets a queue through at its rate, and keeps nobody waiting when there is none", () => {
  const pass = makeGate(4);
  assert.equal(
    Array.from({ length: 4 }, () => pass(1000)),
    [1000, 1250, 1500, 1750],
  );
  assert.equal([pass(1900), pass(5000)], [2000, 5000]);
});

test("a pool throttles beyond its concurrency, its requests and the growth of each function", () => {
  const few = makePool({ ...plenty, concurrency: 2 });
  assert.equal([few.begin("a", 0), few.begin("b", 0), few.begin("a", 0)], ["cold", "cold", null]);
  few.end("b");
  assert.equal([few.begin("a", 0), few.running()], ["cold", 2]);
  few.end("a");
  assert.is(few.begin("a", 0), "warm");

  const slow = makePool({ ...plenty, environmentsPerTenSeconds: 10 });
  const begun = (name: string, now: number) =>
    Array.from({ length: 30 }, () => slow.begin(name, now)).filter(Boolean).length;
  assert.equal([begun("a", 0), begun("a", 1000), begun("b", 1000)], [10, 1, 10]);

  const asked = makePool({ ...plenty, requestsPerSecond: 3 });
  const answers = [0, 0, 0, 0, 1000].map((now) => {
    const answer = asked.begin("a", now);
    if (answer) asked.end("a");
    return answer;
  });
  assert.equal(answers, ["cold", "warm", "warm", null, "warm"]);
});

// Erlang's formula: of calls that come at random and do not come again, the share that finds all places taken.
test("a pool turns away as many as Erlang's formula says", () => {
  const [places, offered, calls] = [10, 10, 100_000];
  let blocked = 1;
  for (let place = 1; place <= places; place += 1) blocked = (offered * blocked) / (place + offered * blocked);

  const random = randomFrom(1);
  const pool = makePool({ ...plenty, concurrency: places });
  const agenda = makeAgenda<"begin" | "end">();
  let [turnedAway, at] = [0, 0];
  for (let call = 0; call < calls; call += 1) {
    at += -100 * Math.log(1 - random());
    agenda.add(at, "begin");
  }
  agenda.run((what, now) => {
    if (what === "end") pool.end("a");
    else if (pool.begin("a", now) === null) turnedAway += 1;
    else agenda.add(now + 100 * offered, "end");
  });
  assert.ok(Math.abs(blocked - 0.2146) < 0.0001);
  assert.ok(Math.abs(turnedAway / calls - blocked) < 0.01, `${turnedAway / calls} of ${blocked}`);
});

test("a new table takes 4,000 writes or 12,000 reads in a second, and any table 1,000 writes on a partition", () => {
  const taken = (kind: "read" | "write", partition?: number) => {
    const table = makeTable({ partitions: 4, mostPartitions: 40 });
    const where = (index: number) => (partition ?? index % 4) / 4;
    const requests = Array.from({ length: 20_000 }, (_, index) => table.take({ kind, units: 1 }, where(index), 0));
    return requests.filter(Boolean).length;
  };
  assert.equal([taken("write"), taken("write", 2)], [4000, 1000]);
  assert.ok(Math.abs(taken("read") - 12_000) <= 4);
});

test("a table is ready for twice its peak, half an hour later, up to the account's quota", () => {
  const table = makeTable({ partitions: 4, mostPartitions: 40 });
  const ask = (units: number, now: number) => table.take({ kind: "write", units }, 0, now);
  ask(7000, 1000);
  ask(1, 29 * 60_000);
  assert.is(table.partitions(), 4);
  ask(1, 30 * 60_000);
  assert.is(table.partitions(), 14);
  ask(90_000, 31 * 60_000);
  ask(1, 60 * 60_000);
  assert.is(table.partitions(), 40);
});

test.run();
