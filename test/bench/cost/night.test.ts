import { suite } from "uvu";
import * as assert from "uvu/assert";
import { costOfNight, type Night, usualNight } from "../../../bench/cost/night.ts";
import { prices } from "../../../bench/cost/prices.ts";
import { ofType } from "../../../emulator/graph/graph.ts";
import { readDefinition } from "../../../infra/processing/definition.ts";
import { graphOf } from "../../helpers/stack.ts";

const test = suite("the cost of a night");

const night: Night = {
  subscriptions: 1000,
  invoicesEach: 2,
  failuresEach: 0,
  refundsEach: 0.2,
  disputesEach: 0,
  transitions: 4,
  paceSeconds: 2,
  stripeMilliseconds: 700,
  compareMilliseconds: 220,
  megabytes: 1024,
  readUnits: { subscription: 1.5, payment: 1, reversal: 3 },
};

const list = { ...prices, transition: 0.001, invocation: 0.01, lambdaGigabyteSecond: 0.1, readUnit: 0.002 };

const rounded = (figures: object) =>
  Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, Math.round(1e6 * value) / 1e6]));

test("is that of its pages, one after the other, and of the rows that they are compared with", () => {
  assert.equal(rounded(costOfNight(night, list)), {
    // Ten of subscriptions, twenty of invoices, two of refunds, and two that are empty.
    pages: 34,
    // Two seconds, 920 ms and four steps of 20 ms.
    seconds: 102,
    callsPerSecond: 0.333333,
    states: 0.136,
    // A call, and 920 ms of 1 GB.
    lambdas: 3.468,
    // 1.5 units for a subscription, two for its invoices, and 0.6 for its refunds.
    tables: 8.2,
  });
});

test("counts a page that is not full as one, and one for each list at least", () => {
  const pagesOf = (more: Partial<Night>) => costOfNight({ ...night, ...more }, list).pages;
  assert.is(pagesOf({ subscriptions: 101, invoicesEach: 1 / 101, disputesEach: 2 }), 2 + 1 + 1 + 1 + 3);
  assert.is(pagesOf({ subscriptions: 0 }), 5);
});

test("is computed for the program as it is: its pace, its memory, its days of payments, and the states of a page", async () => {
  const graph = await graphOf("prod");
  const { inputs } = ofType(graph, "aws:lambda/function:Function").find(({ name }) => name === "compare-page") ?? {};
  const { PACE_SECONDS: pace, RECONCILE_DAYS: days } = Object(Object(inputs?.["environment"]).variables);
  const { paceSeconds, megabytes, invoicesEach, failuresEach, refundsEach, disputesEach, transitions } = usualNight;
  assert.equal([`${paceSeconds}`, megabytes], [pace, inputs?.["memorySize"]]);
  assert.is(Math.round(30 * invoicesEach), Number(days) + 60);
  assert.is(Math.round(300 * failuresEach), Number(days));
  assert.is(Math.round((30 * refundsEach) / 0.02), Number(days) + 60);
  assert.is(Math.round((30 * disputesEach) / 0.001), Number(days) + 180);
  const { StartAt, States } = JSON.parse(readDefinition("reconcile"));
  const nextOf = (state: string): string =>
    States[state].Next ??
    States[state].Choices.find((one: { StringEquals: string }) => one.StringEquals === "page").Next;
  const entered = [StartAt];
  while (nextOf(entered.at(-1)) !== StartAt) entered.push(nextOf(entered.at(-1)));
  assert.is(transitions, entered.length);
});

test.run();
