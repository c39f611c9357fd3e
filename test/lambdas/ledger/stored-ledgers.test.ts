import { suite } from "uvu";
import * as assert from "uvu/assert";
import { emptyLedger, type EventLedger } from "../../../lambdas/ledger/event-ledger.ts";
import { readLedger, writeLedger } from "../../../lambdas/ledger/ledger-format.ts";
import { hashesBeforeVersion2 } from "../../../lambdas/ledger/state-hash.ts";
import type { SubscriptionState } from "../../../lambdas/ledger/subscription-state.ts";
import type { Json } from "../../../samples/stripe-objects.ts";
import { thrown } from "../../helpers/rejects.ts";
import { stateFields } from "./states.ts";

const test = suite("a ledger as it is stored");

const full: SubscriptionState = {
  customer_id: "cus_1",
  status: "active",
  prices: [
    { id: "price_1", months: 1, isMetered: false },
    { id: "price_2", months: null, isMetered: true },
  ],
  current_period_start: 1,
  current_period_end: 2,
  cancel_at_period_end: true,
  cancel_at: 3,
  canceled_at: 4,
  ended_at: 5,
  trial_start: 6,
  trial_end: 7,
  pause_collection: "void",
  pause_resumes_at: 8,
};
const bare: SubscriptionState = { ...stateFields, customer_id: null };

const whole: EventLedger = {
  started: true,
  newest: 200,
  transitions: ["a>b"],
  states: { a: bare, b: full },
  isCrowded: true,
  repeats: { "200:a>b": 1 },
  balance: { a: [0, 100], b: [1, 200] },
  untrackedFrom: "m",
  ended: { at: 300, state: full, hash: "z" },
  snapshot: { from: 198, to: 203, hash: "a", transitions: ["a>b"] },
  version1: { open: ["o"], known: { a: "o" } },
  processedEvents: "names",
  prunedUpTo: 50,
};

test("is read as it was written, whole or with nothing in it", () => {
  for (const ledger of [whole, emptyLedger, { ...whole, ended: { at: 300, state: bare, hash: "z" } }]) {
    assert.equal(readLedger(writeLedger(ledger)), ledger);
  }
});

test("leaves out what is empty or null", () => {
  assert.equal(JSON.parse(writeLedger({ ...emptyLedger, states: { a: bare, b: full } })), {
    version: 2,
    started: false,
    newest: 0,
    transitions: [],
    states: {
      a: { status: "active", prices: [] },
      b: {
        ...full,
        prices: [
          { id: "price_1", months: 1 },
          { id: "price_2", isMetered: true },
        ],
      },
    },
    balance: {},
    processedEvents: "",
    prunedUpTo: -1,
  });
});

test("takes a state of which only the status is stored", () => {
  const { states: _, ...rest } = JSON.parse(writeLedger(emptyLedger));
  assert.equal(readLedger(JSON.stringify({ ...rest, states: { a: { status: "active" } } })).states, { a: bare });
});

// An object with another value at a path.
const having = (object: unknown, [key = "", ...path]: string[], value: unknown): unknown => {
  const next = path.length > 0 ? having(Object(object)[key], path, value) : value;
  return Array.isArray(object) ? object.with(Number(key), next) : { ...Object(object), [key]: next };
};

const refusedAt = (stored: Json, paths: Record<string, unknown>): void => {
  readLedger(JSON.stringify(stored));
  for (const [path, value] of Object.entries(paths)) {
    const error = thrown(() => readLedger(JSON.stringify(having(stored, path.split("."), value))));
    assert.is(error.name, "StructError", path);
    assert.ok(Object(error).path.join(".").startsWith(path), `${path}: ${error.message}`);
  }
};

const times = [
  "current_period_start",
  "current_period_end",
  "cancel_at",
  "canceled_at",
  "ended_at",
  "trial_start",
  "trial_end",
];

test("is refused by each field that is not what this program writes", () => {
  const state = {
    status: 1,
    customer_id: 1,
    cancel_at_period_end: 1,
    prices: {},
    pause_collection: 1,
    pause_resumes_at: "1",
  };
  const price = { id: 1, months: 0.5, isMetered: 1 };
  refusedAt(JSON.parse(writeLedger(whole)), {
    version: 3,
    started: 1,
    newest: "200",
    transitions: "a>b",
    states: [],
    isCrowded: 1,
    repeats: { "200:a>b": "1" },
    balance: { a: 1 },
    "balance.a": [1],
    "balance.a.0": "1",
    "balance.a.1": "1",
    untrackedFrom: 1,
    "ended.at": "300",
    "ended.state": null,
    "ended.hash": 1,
    "snapshot.from": "198",
    "snapshot.to": 203.5,
    "snapshot.hash": 1,
    "snapshot.transitions": "a>b",
    "version1.open": "o",
    "version1.known": { a: 1 },
    processedEvents: 1,
    prunedUpTo: "50",
    more: 1,
    "states.b.more": 1,
    ...Object.fromEntries(times.map((name) => [`states.b.${name}`, "1"])),
    ...Object.fromEntries(Object.entries(state).map(([name, value]) => [`states.b.${name}`, value])),
    ...Object.fromEntries(Object.entries(price).map(([name, value]) => [`states.b.prices.0.${name}`, value])),
  });
  assert.is(thrown(() => readLedger("{")).name, "SyntaxError");
});

const oldState = (more: Json = {}): Json => ({
  ...Object.fromEntries(times.map((name, index) => [name, index])),
  customer_id: "cus_1",
  status: "active",
  cancel_at_period_end: true,
  plan: "monthly",
  price_id: "price_1",
  ...more,
});

const version1: Json = {
  started: true,
  newest: 200,
  steps: ["a>b", "b>c", "a>b", "c>d", "a>b", "c>d"],
  states: {
    b: oldState(),
    c: oldState({ plan: "yearly" }),
    d: oldState({ plan: "trial" }),
    e: oldState({ price_id: null }),
  },
  balance: { a: [-1, 100], b: [0, 200], c: [1, 200] },
  seen: "0123456789a",
  forgotten: 50,
};

const stateOf = (prices: SubscriptionState["prices"]): SubscriptionState => ({
  ...bare,
  ...Object.fromEntries(times.map((name, index) => [name, index])),
  customer_id: "cus_1",
  cancel_at_period_end: true,
  prices,
});
const price = (months: number | null) => [{ id: "price_1", months, isMetered: false }];

test("of version 1 is carried over: its steps with how often they came, its states, and what it left open", () => {
  assert.equal(readLedger(JSON.stringify(version1)), {
    ...emptyLedger,
    started: true,
    newest: 200,
    transitions: ["a>b", "b>c", "c>d"],
    repeats: { "200:a>b": 2, "200:c>d": 1 },
    states: { b: stateOf(price(1)), c: stateOf(price(12)), d: stateOf(price(null)), e: stateOf([]) },
    balance: { a: [-1, 100], b: [0, 200], c: [1, 200] },
    version1: { open: ["a", "c"], known: {} },
    processedEvents: "0123456789a....",
    prunedUpTo: 50,
  });
});

test("of version 1 that has ended keeps its end, by the hash that it had", () => {
  const last = stateOf(price(1));
  const { ended } = readLedger(JSON.stringify({ ...version1, ended: { at: 300, state: oldState() } }));
  assert.equal(ended, { at: 300, state: last, hash: hashesBeforeVersion2(last)[0] });
  const times_ = Object.fromEntries(times.map((name) => [name, null]));
  const bareState = { status: "active", plan: "trial", price_id: null, ...times_ };
  assert.equal(readLedger(JSON.stringify({ ...version1, states: { a: bareState } })).states, { a: bare });
});

test("of version 1 is refused by each field that is not what was written then", () => {
  const state = { status: 1, customer_id: 1, cancel_at_period_end: 1, plan: 1, price_id: 1, more: 1 };
  refusedAt(
    { ...version1, ended: { at: 300, state: oldState() } },
    {
      started: 1,
      newest: "200",
      steps: "a>b",
      states: [],
      balance: { a: 1 },
      seen: 1,
      forgotten: "50",
      "ended.at": "1",
      "ended.state": null,
      more: 1,
      ...Object.fromEntries(times.map((name) => [`states.b.${name}`, "1"])),
      ...Object.fromEntries(Object.entries(state).map(([name, value]) => [`states.b.${name}`, value])),
    },
  );
});

test.run();
