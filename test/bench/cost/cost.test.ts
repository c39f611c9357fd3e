import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Cost, costOf, type Design, totalOf, type Usage } from "../../../bench/cost/cost.ts";
import type { Prices } from "../../../bench/cost/prices.ts";

const test = suite("the cost of a million events");

const prices: Prices = {
  region: "a-region",
  date: "today",
  sources: [],
  busEvent: 0.000_001,
  archivedGigabyte: 0.1,
  archivedGigabyteMonth: 0.02,
  execution: 0.000_001,
  executionGigabyteSecond: 0.000_02,
  transition: 0.000_025,
  invocation: 0.000_000_2,
  lambdaGigabyteSecond: 0.000_01,
  writeUnit: 0.000_000_6,
  readUnit: 0.000_000_1,
  loggedGigabyte: 0.5,
  queueRequest: 0.000_000_4,
};

const usage: Usage = {
  bytes: 10_000,
  buses: 2,
  published: { events: 0.5, bytes: 2000 },
  transitions: 4,
  statesMilliseconds: 60,
  calls: [
    { times: 1, milliseconds: 9.2, megabytes: 1024 },
    { times: 1, milliseconds: 30, megabytes: 512 },
  ],
  readUnits: 1.5,
  writeUnits: 2,
  logBytes: { lambdas: 1000, machines: 3000 },
  messages: 0,
};

const rounded = (cost: Cost) =>
  Object.fromEntries(Object.entries(cost).map(([name, dollars]) => [name, Math.round(1e6 * dollars) / 1e6]));

const ours = {
  // Two buses, and for every second event another one, at a dollar a million.
  buses: 2.5,
  // 11 GB at 0.10 to take them in, and 0.02 for a month.
  archive: 1.32,
  // A dollar, and 99.2 ms that count as 100, of a sixteenth of a GB.
  states: 1.125,
  // Two calls at 0.20; 10 ms of 1 GB and 30 ms of half of one.
  lambdas: 0.65,
  tables: 1.35,
  // 4 GB.
  logs: 2,
  queue: 0,
};

test("is the sum of what each part takes at its price", () => {
  const cost = costOf(usage, prices);
  assert.equal(rounded(cost), ours);
  assert.is(Math.round(1000 * totalOf(cost)) / 1000, 8.945);
});

test("of other designs leaves out what they do not have, and pays for what they have instead", () => {
  const cases: [Design, object][] = [
    ["one Lambda", { states: 0, lambdas: 0.45, logs: 0.5 }],
    ["direct", { lambdas: 0, logs: 1.5 }],
    ["standard", { states: 100, logs: 0.5 }],
  ];
  for (const [design, other] of cases) {
    assert.equal(rounded(costOf(usage, prices, design)), { ...ours, ...other }, design);
  }
});

test("counts a begun 64 KB as an event, a begun 100 ms of an execution, and each message", () => {
  const published = { events: 0.5, bytes: 65_537 };
  const large = { ...usage, bytes: 65_537, published, statesMilliseconds: 61, messages: 1 };
  const { buses, states, queue } = rounded(costOf(large, prices));
  assert.equal({ buses, states, queue }, { buses: 5, states: 1.25, queue: 0.4 });
});

test.run();
