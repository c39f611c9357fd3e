import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type LocalStripe, startStripe } from "../../../local/stripe-api/local-stripe.ts";
import { makeStripeObjects } from "../../../local/stripe-api/stripe-objects.ts";
import { sandboxKey } from "../../../local/stripe-api/sandbox-key.ts";
import { type StripeEnvelope, toEnvelope } from "../../../local/stripe-envelope.ts";
import { sampleEvent, sampleSubscription } from "../../../samples/stripe-objects.ts";
import { thrown } from "../../helpers/rejects.ts";

const test = suite("the Stripe of a runner");

const arrival = { eventSource: "test", keepSource: false, account: "123456789012", region: "ap-northeast-1" };

const event = (created: number): StripeEnvelope =>
  toEnvelope(
    sampleEvent("evt_1", "customer.subscription.updated", created, sampleSubscription({ start: 1, end: 2 })),
    arrival,
  );

const ask = async ({ emulatorArgs: { lambdaEnvironment, parameters } }: LocalStripe) => {
  const headers = { authorization: `Bearer ${parameters["stripe-api-key"]}` };
  const response = await fetch(`${lambdaEnvironment["STRIPE_API"]}/v1/subscriptions`, { headers });
  const { data } = Object(await response.json());
  return { ids: data.map(({ id }: { id: string }) => id), date: Date.parse(`${response.headers.get("date")}`) / 1000 };
};

test("learns from events what it has, and answers by the key of its parameter", async () => {
  const stripe = await startStripe({}, () => 9_000_000);
  assert.equal(await ask(stripe), { ids: [], date: 9000 });
  // The next event may be of the second after, whatever the clock says.
  stripe.learn(event(1000));
  assert.equal(await ask(stripe), { ids: ["sub_sample"], date: 1010 });
  assert.equal(stripe.calls(), { "GET /v1/subscriptions 200": 2 });
  stripe.stop();
});

test("has what it is given and nothing of the events, whose time alone it learns", async () => {
  const stripe = await startStripe({ objects: makeStripeObjects() }, () => 50_000);
  stripe.learn(event(1000));
  assert.equal(await ask(stripe), { ids: [], date: 1010 });
  stripe.learn(event(40));
  assert.equal(await ask(stripe), { ids: [], date: 1010 });
  stripe.stop();
});

test("is Stripe itself by a key of a sandbox: no server, and no address in the Lambdas' environment", async () => {
  const { emulatorArgs } = await startStripe({ apiKey: sandboxKey("rk_test_1") }, Date.now);
  assert.equal(emulatorArgs, { lambdaEnvironment: {}, parameters: { "stripe-api-key": "rk_test_1" } });
});

test("refuses a key that is not of a sandbox, and never says it", () => {
  for (const [key, problem] of [
    [undefined, "is not set"],
    ["", "is not set"],
    ["rk_live_secret", "is a live key"],
    ["pk_test_secret", "is no secret key of Stripe's"],
    ["rk_test_secret\n", "is no secret key of Stripe's"],
  ] as const) {
    const { message } = thrown(() => sandboxKey(key));
    assert.ok(message.startsWith(`--stripe api: STRIPE_API_KEY ${problem}: `), message);
    assert.not.match(message, /secret[^ ]|_secret/);
  }
});

test.run();
