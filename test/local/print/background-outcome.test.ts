import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Execution } from "../../../emulator/stepfunctions/machine.ts";
import { backgroundOutcomeOf } from "../../../local/print/background-outcome.ts";
import type { Outcome } from "../../../local/print/outcome.ts";
import { makePublishedEvents } from "../../../local/published/published-events.ts";
import { lineOf } from "../../../local/print/print.ts";
import { sampleEvent, sampleSubscription } from "../../../samples/stripe-objects.ts";
import { type Running, startRunning } from "../../helpers/running.ts";
import type { StripeSource } from "../../../local/stripe-api/local-stripe.ts";

const test = suite("what runs in the background of the runner");

const ended: Outcome[] = [];
let running: Running | null = null;
test.before.each(() => void (ended.length = 0));
test.after.each(async () => {
  await running?.stop();
  running = null;
});

const hour = 3600;
const updated = (id: string, at: number, status: string, previous: string) =>
  sampleEvent(id, "customer.subscription.updated", at, sampleSubscription({ status, start: 1, end: 2 }), {
    status: previous,
  });

// The second event leaves a state that no event led to.
const playGap = async (stripe: StripeSource = {}): Promise<Running> => {
  const started = await startRunning({ stripe, onExecution: (outcome) => ended.push(outcome) });
  running = started;
  const events = [updated("evt_1", 1, "active", "trialing"), updated("evt_3", 9 * hour, "canceled", "past_due")];
  await started.addPlaceholderUsers(events.map((event) => started.envelope(event)));
  for (const event of events) assert.is((await started.handle(event)).outcome, "applied");
  await started.executions.idle();
  return started;
};

test("is a heal by its subscription, with what it wrote, and how long it waited", async () => {
  const runner = await playGap();
  const [heal, ...others] = ended;
  assert.equal(others, []);
  const { eventId, type, outcome, states, written, retries, error, ms = 0 } = heal ?? {};
  assert.equal([eventId, type, outcome, error, retries], ["sub_sample", "heal-subscription", "healed", null, 0]);
  assert.equal(states, [
    "WaitForTheEvent",
    "CloseGap",
    "HasAnythingChanged",
    "PublishChanges",
    "MarkPublished",
    "Healed",
  ]);
  assert.equal(written, ["core USER#user_cus_sample SUBSCRIPTION"]);
  assert.ok(ms >= 60_000);
  assert.equal(runner.stripeCalls(), { "GET /v1/subscriptions/{id} 200": 1 });
});

test("is a dead letter where Stripe refuses the key", async () => {
  const { deadLetters } = await (await playGap({ faults: [{ call: 1, status: 403, times: 100 }] })).dump();
  const [heal] = ended;
  assert.equal([heal?.outcome, heal?.error?.name, deadLetters.length], ["dead-letter", "StripeKeyRefused", 1]);
});

test("is a reconciliation by the name of its execution; one that was aborted is nothing", async () => {
  const entered = (name: string) => ({
    type: "StateEntered" as const,
    timestamp: 0,
    state: { name, type: "Task" as const, input: {} },
  });
  const published = makePublishedEvents();
  const run = (output: unknown, status: "SUCCEEDED" | "ABORTED" = "SUCCEEDED", history: Execution["history"] = []) => {
    const arn = "arn:aws:states:r:1:execution:dev-homebiyori-reconcile:night";
    return backgroundOutcomeOf(
      { arn, status, output, failure: null, history, serviceCalls: [] },
      "reconcile",
      published,
    );
  };
  const { eventId, type, outcome } = run({ run: { next: "done" } }) ?? {};
  assert.equal([eventId, type, outcome, run({}, "ABORTED")], ["night", "reconcile", "reconciled", null]);
  const changes = [{ change: "status_changed", from: "active", to: "canceled" }];
  const states = ["ComparePage", "KeepThePace", "ComparePage"].map((name) => entered(name));
  assert.equal(run({ run: {} }, "SUCCEEDED", states)?.states, ["ComparePage", "KeepThePace"]);
  const byLambda = { "detail-type": "PaymentRecorded", source: "s", detail: { subject: "payment/1", version: 1 } };
  published.add(Object.assign(byLambda, { resources: [] }));
  assert.equal(run({ run: {} })?.published, [{ type: "PaymentRecorded", subject: "payment/1", version: 1 }]);
  assert.equal(run({ run: {} })?.published, []);
  assert.equal(run({ outcome: "healed", changes })?.changes, changes);
});

test("tells on its line what changed", () => {
  const changes = [{ change: "status_changed", from: "active", to: "canceled" }];
  const said = {
    eventId: "sub_1",
    customerId: null,
    userId: "u",
    type: "heal-subscription",
    states: [],
    retries: 0,
    published: [],
    error: null,
  };
  const line = lineOf({ ...said, outcome: "healed", written: ["core K"], ms: 600_000, changes });
  assert.match(line, /sub_1 .*healed.*600\.0 s\n {2}core K\n {2}status_changed active → canceled$/);
});

test.run();
