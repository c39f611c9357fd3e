import { suite } from "uvu";
import * as assert from "uvu/assert";
import { forgetStripeKey, stripeKey } from "../../../lambdas/stripe-api/stripe-key.ts";
import { askStripe } from "../../../lambdas/stripe-api/stripe-client.ts";
import { startStripeServer } from "../../../local/stripe-api/server.ts";
import { makeStripeObjects } from "../../../local/stripe-api/stripe-objects.ts";
import { type ParameterStore, startParameterStore } from "../../helpers/parameter-store.ts";
import { rejects } from "../../helpers/rejects.ts";

const test = suite("the Stripe key");

let store: ParameterStore;
test.before(async () => {
  store = await startParameterStore("not set yet");
});
test.before.each(() => {
  store.asked.length = 0;
  forgetStripeKey();
});
test.after(() => store.stop());

test("is asked for by its name and decrypted, and a placeholder is no key", async () => {
  store.value = "not set yet";
  const { name, message } = await rejects(stripeKey("the-key"));
  assert.is(name, "StripeKeyRefused");
  assert.match(message, /^No Stripe key is set in Parameter Store under the-key: set it as docs\/deploying\.md says/);
  assert.equal(store.asked, [["AmazonSSM.GetParameter", { Name: "the-key", WithDecryption: true }]]);
  await rejects(stripeKey("the-key"));
  assert.is(store.asked.length, 2);
});

test("is refused where it is none, such as one with a line break", async () => {
  store.value = "rk_test_1\n";
  const { name, message } = await rejects(stripeKey("the-key"));
  assert.is(name, "StripeKeyRefused");
  assert.match(
    message,
    /^What is in Parameter Store under the-key is no Stripe key: set it as docs\/deploying\.md says/,
  );
});

test("is kept for five minutes, and read anew after that", async () => {
  store.value = "rk_test_1";
  const { now } = Date;
  try {
    Date.now = () => 1000;
    assert.is(await stripeKey("the-key"), "rk_test_1");
    store.value = "rk_test_2";
    Date.now = () => 1000 + 5 * 60 * 1000 - 1;
    assert.is(await stripeKey("the-key"), "rk_test_1");
    Date.now = () => 1000 + 5 * 60 * 1000;
    assert.is(await stripeKey("the-key"), "rk_test_2");
  } finally {
    Date.now = now;
  }
  assert.is(store.asked.length, 2);
});

test("that Stripe refuses is forgotten, so that its successor is in use at once", async () => {
  const server = await startStripeServer({ objects: makeStripeObjects(), key: "rk_test_new", now: () => 1_000_000 });
  process.env["STRIPE_API"] = server.url;
  try {
    const ask = askStripe({ parameter: "the-key", liveOnly: false });
    store.value = "rk_test_old";
    const error = await rejects(ask((stripe) => stripe.subscriptions.list()));
    assert.is(error.name, "StripeKeyRefused");
    assert.not.match(error.message, "rk_test");
    assert.match(error.message, " is refused by Stripe (StripeAuthenticationError): ");
    store.value = "rk_test_new";
    const answer = await ask((stripe) => stripe.subscriptions.list());
    // The server's time is in whole seconds, and the request took less than one.
    assert.equal([answer?.value.data, answer?.from, answer?.to], [[], 997, 1002]);
  } finally {
    delete process.env["STRIPE_API"];
    server.stop();
  }
});

test("that Stripe takes is no help where Stripe fails, which has a name of its own then", async () => {
  store.value = "rk_live_1";
  const faults = [
    { call: 1, status: 429 },
    { call: 2, status: 500, times: 3 },
  ];
  const args = { objects: makeStripeObjects(), key: "rk_live_1", now: () => 1_000_000, faults };
  const server = await startStripeServer(args);
  process.env["STRIPE_API"] = server.url;
  try {
    const ask = askStripe({ parameter: "the-key", liveOnly: true });
    for (const type of ["StripeRateLimitError", "StripeAPIError"]) {
      const { name, message, cause } = await rejects(ask((stripe) => stripe.subscriptions.list()));
      assert.equal([name, Object(cause).type], ["StripeFailed", type]);
      assert.match(message, new RegExp(`^${type}: \\w`));
    }
    server.stop();
    const { message } = await rejects(ask((stripe) => stripe.subscriptions.list()));
    assert.match(message, /^StripeConnectionError: /);
  } finally {
    delete process.env["STRIPE_API"];
    server.stop();
  }
});

test("of Stripe's test mode is refused where live objects only are taken, as it would find none of them", async () => {
  store.value = "sk_test_1";
  const { name, message } = await rejects(askStripe({ parameter: "the-key", liveOnly: true })(() => Promise.reject()));
  assert.is(name, "StripeKeyRefused");
  assert.match(message, /^The Stripe key in Parameter Store under the-key is of Stripe's test mode: set it as/);
  await rejects(stripeKey("the-key").then(() => Promise.reject(new Error("read anew"))));
  assert.is(store.asked.length, 2);
});

test.run();
