import { stripVTControlCharacters } from "node:util";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type ReconcileOptions, reconcileStack } from "../../ops/reconcile/reconcile-stack.ts";
import { redriveAll } from "../../ops/redrive/redrive-all.ts";
import { samplesOf } from "../../samples/events.ts";
import { subjectOf } from "../../samples/month.ts";
import { type Json, sampleEvent } from "../../samples/stripe-objects.ts";
import { captured } from "../helpers/captured.ts";
import { type Serving, startServing } from "../helpers/serving.ts";

const test = suite("a reconciliation of the runner");

const { signal } = new AbortController();

// Its failed attempt is within the days of which Stripe keeps events.
const start = Math.floor(Date.now() / 1000) - 29 * 24 * 3600;

// The background's waits take time that does not pass by itself here.
const letTimePass = async <T>({ executions }: Serving, work: Promise<T>): Promise<T> => {
  const timer = setInterval(() => void executions.idle(), 10);
  try {
    return await work;
  } finally {
    clearInterval(timer);
  }
};

const started: Serving[] = [];
test.after.each(async () => {
  for (const serving of started.splice(0)) await serving.stop();
});

const startAnew = async (args: Parameters<typeof startServing>[0] = {}): Promise<Serving> => {
  const serving = await startServing(args);
  started.push(serving);
  return serving;
};

const since = new Date(0);

const reconcile = async (serving: Serving, options: Partial<ReconcileOptions> = {}) => {
  const run = reconcileStack({ local: serving.url, ...options }, signal);
  const { result: code, logs } = await captured(() => letTimePass(serving, run));
  return { code, said: stripVTControlCharacters(logs.join("\n")) };
};

const rowsOf = async (serving: Serving) => {
  const { core, payments } = await serving.dump();
  return [core, payments].map((rows) =>
    rows.toSorted((a, b) => (`${a["PK"]}${a["SK"]}` < `${b["PK"]}${b["SK"]}` ? -1 : 1)),
  );
};

// What events say of each object's newest state; those in `lost` never arrive.
const play = async (serving: Serving, name: string, lost: readonly string[]): Promise<void> => {
  for (const { event } of samplesOf(subjectOf(name, start))) {
    const envelope = serving.envelope(event);
    await serving.addPlaceholderUsers([envelope]);
    if (lost.includes(event.type)) serving.learn([envelope]);
    else assert.is((await serving.take(envelope)).error, null);
  }
};

// Stripe has them, and no event told of them.
const learnReversals = (serving: Serving, paymentIntent: string): void => {
  const common = {
    amount: 100,
    charge: "ch_never",
    created: start + 5,
    currency: "jpy",
    payment_intent: paymentIntent,
  };
  const refund: Json = { id: "re_never", object: "refund", ...common, status: "succeeded" };
  const dispute: Json = { id: "dp_never", object: "dispute", ...common, status: "needs_response" };
  const events = [
    sampleEvent("evt_never_1", "refund.created", start + 5, refund),
    sampleEvent("evt_never_2", "charge.dispute.created", start + 5, dispute),
  ];
  serving.learn(events.map((event) => serving.envelope(event)));
};

test("heals the rows of events that never came, of every kind, and finds nothing the next time", async () => {
  const serving = await startAnew();
  await play(serving, "whole", []);
  await play(serving, "unlinked", ["invoice_payment.paid"]);
  await play(serving, "lost", [
    "customer.subscription.deleted",
    "invoice.paid",
    "invoice.payment_succeeded",
    "invoice.payment_failed",
    "invoice_payment.paid",
  ]);
  learnReversals(serving, "pi_whole");

  const before = await rowsOf(serving);
  const kinds = "1 subscription, 1 payment, 1 failed payment, 1 payment intent, 1 refund, 1 dispute";
  const dry = await reconcile(serving, { dryRun: true, since });
  assert.is(dry.code, 0, dry.said);
  assert.match(dry.said, `6 would be healed (${kinds})`);
  assert.match(
    dry.said,
    /\n {2}sub_lost +subscription +would_heal +user_lost +status active → canceled, ended_at none → /,
  );
  assert.match(dry.said, /\n {2}in_lost +payment +would_heal +user_lost +no row\n/);
  assert.equal(await rowsOf(serving), before);

  const healed = await reconcile(serving, { since });
  assert.is(healed.code, 0, healed.said);
  assert.match(healed.said, `6 healed (${kinds})`);
  const { core, payments } = await serving.dump();
  assert.is(core.find(({ subscription_id: id }) => id === "sub_lost")?.["status"], "canceled");
  const reversals = payments.find(({ PK }) => PK === "PAYMENT#pi_whole");
  assert.equal([reversals?.["user_id"], "refund_re_never" in Object(reversals)], ["user_whole", true]);
  const rows = payments.filter(({ SK }) => SK !== "REVERSALS");
  assert.equal(
    rows.map(({ stripe_invoice_id: invoice, status }) => `${invoice} ${status}`).toSorted(),
    ["lost", "unlinked", "whole"].flatMap((name) => [`in_${name} failed`, `in_${name} succeeded`]),
  );

  const again = await reconcile(serving, { since });
  assert.match(again.said, /objects compared in 5 pages: \d+ equal, 0 healed/);
  const one = await reconcile(serving, { subscription: "sub_lost", since });
  assert.match(one.said, /\n(\d+) objects compared in 5 pages: \1 equal, 0 healed/);
  assert.match((await reconcile(serving, { subscription: "sub_nowhere" })).said, "Stripe knows no sub_nowhere");
});

test("that Stripe refuses is a dead letter, which is redriven once the key is set", async () => {
  const refusals = [{ call: 1, status: 401 }];
  const serving = await startAnew({ stripe: { faults: refusals } });
  const refused = await reconcile(serving);
  assert.is(refused.code, 1);
  assert.match(refused.said, /The reconciliation FAILED, StripeKeyRefused: /);
  assert.match(refused.said, "--type reconcile");

  const options = { local: serving.url, max: 3, rate: 10, type: ["reconcile"] };
  const listed = await captured(() => redriveAll({ ...options, dryRun: true }, signal));
  assert.match(
    stripVTControlCharacters(listed.logs.join("\n")),
    /1 {2}reconcile {2}StripeKeyRefused[^]*reconcile-\w+-\w+/,
  );
  const { result, logs } = await captured(() => letTimePass(serving, redriveAll(options, signal)));
  assert.equal([result, logs.at(-1)], [0, "1 redriven, 0 failed again, 0 parked, 0 left"]);
  assert.equal(serving.deadLetters.messages, []);
});

test.run();
