import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Envelope } from "../../emulator/eventbridge/envelope.ts";
import { redriveAll } from "../../ops/redrive/redrive-all.ts";
import { sampleOf } from "../../samples/events.ts";
import { captured } from "../helpers/captured.ts";
import { type Serving, startServing } from "../helpers/serving.ts";
import { comparePublished } from "./drill/published.ts";
import { reconcile } from "./drill/reconcile.ts";

const test = suite("while no event can be put on the bus");

const start = Math.floor(Date.now() / 1000) - 3 * 24 * 3600;

const eventOf = (type: string, name = "outage") => {
  const subject = { name, subscription: `sub_${name}`, customer: `cus_${name}`, userId: `user_${name}`, start };
  return sampleOf(type, subject).event;
};

const types = [
  "customer.subscription.created",
  "invoice.payment_failed",
  "invoice.payment_succeeded",
  "refund.created",
  "charge.dispute.created",
];

// Neither does the queue take this one, so that no redrive can help it.
const unqueued = eventOf("invoice.paid", "unqueued");

const runThrough = async (kind: "throttles" | "errors" | "fails" | "fails-after-put") => {
  const onBus: Envelope[] = [];
  const faults = [
    { hop: "publish" as const, kind, probability: 1 },
    { hop: "queue" as const, kind: "refuses" as const, events: [unqueued["id"]] },
  ];
  const serving = await startServing({
    faults: { seed: 1, faults },
    onPublished: (event) => void onBus.push(event),
  });
  return { serving, onBus, told: () => onBus.map((event) => event["detail-type"]) };
};

const redrive = ({ url }: Serving) =>
  captured(() =>
    redriveAll({ local: url, dryRun: false, parked: false, max: 3, rate: 1000 }, new AbortController().signal),
  );

for (const kind of ["throttles", "errors", "fails", "fails-after-put"] as const) {
  test(`because it ${kind}, all changes are kept, and published afterwards: by the next event, the redrive and the night`, async () => {
    const { serving, onBus, told } = await runThrough(kind);
    try {
      const outcomes = [];
      for (const type of types) outcomes.push((await serving.handle(eventOf(type))).outcome);
      assert.equal(
        outcomes,
        types.map(() => "dead-letter"),
      );
      assert.is((await serving.handle(unqueued)).outcome, "lost");
      const during = comparePublished(onBus, await serving.dump());
      assert.ok(during.waiting >= types.length, `${during.waiting}`);
      if (kind === "fails") assert.is(onBus.length, 0);

      await serving.setFaults(null);
      await serving.handle(eventOf("customer.subscription.deleted"));
      // That of the first event, and its own.
      assert.equal(told().slice(-2), ["SubscriptionChanged", "SubscriptionChanged"]);
      await redrive(serving);
      const redriven = comparePublished(onBus, await serving.dump());
      assert.is(redriven.waiting, 1);
      await reconcile(serving, start - 1);
      const { missing, untrue, waiting } = comparePublished(onBus, await serving.dump());
      assert.equal({ missing, untrue, waiting }, { missing: [], untrue: [], waiting: 0 });
      assert.equal(new Set(told()), new Set(everyType));
    } finally {
      await serving.stop();
    }
  });
}

const everyType = ["SubscriptionChanged", "PaymentFailed", "PaymentRecorded", "RefundRecorded", "DisputeChanged"];

test("the night heals and ends in a dead letter, and the next one publishes what was healed", async () => {
  const { serving, onBus } = await runThrough("fails");
  try {
    serving.learn(["invoice.paid", "customer.subscription.created"].map((type) => serving.envelope(eventOf(type))));
    await rejectsReconciliation(serving);
    assert.is(onBus.length, 0);
    assert.ok(comparePublished(onBus, await serving.dump()).waiting > 0);
    await serving.setFaults(null);
    assert.is((await serving.dump()).deadLetters.length, 1);
    await reconcile(serving, start - 1);
    const { missing, untrue, waiting, published } = comparePublished(onBus, await serving.dump());
    assert.equal({ missing, untrue, waiting }, { missing: [], untrue: [], waiting: 0 });
    assert.ok(published > 0);
  } finally {
    await serving.stop();
  }
});

const rejectsReconciliation = async (serving: Serving): Promise<void> => {
  await reconcile(serving, start - 1).then(
    () => assert.unreachable("the reconciliation should fail"),
    (error: Error) => assert.match(error.message, /NotPublished|InternalException/),
  );
};

test.run();
