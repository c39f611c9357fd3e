import { once } from "node:events";
import { createServer } from "node:http";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { forgetStripeKey, stripeKey } from "../../../lambdas/stripe-api/stripe-key.ts";
import { askStripe } from "../../../lambdas/stripe-api/stripe-client.ts";
import { urlOf } from "../../../local/http/server.ts";
import { startStripeServer } from "../../../local/stripe-api/server.ts";
import { makeStripeObjects } from "../../../local/stripe-api/stripe-objects.ts";
import { rejects } from "../../helpers/rejects.ts";

const test = suite("the Stripe key");

// The Parameter Store, as far as the SDK's client asks it.
const asked: unknown[] = [];
let value = "not set yet";
const store = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  asked.push([request.headers["x-amz-target"], JSON.parse(Buffer.concat(chunks).toString())]);
  response.setHeader("content-type", "application/x-amz-json-1.1");
  response.end(JSON.stringify({ Parameter: { Name: "the-key", Type: "SecureString", Value: value } }));
});

test.before(async () => {
  store.listen(0, "127.0.0.1");
  await once(store, "listening");
  Object.assign(process.env, {
    AWS_REGION: "ap-northeast-1",
    AWS_ACCESS_KEY_ID: "TESTS",
    AWS_SECRET_ACCESS_KEY: "none",
    AWS_ENDPOINT_URL_SSM: urlOf(store),
  });
});
test.before.each(() => {
  asked.length = 0;
  forgetStripeKey();
});
test.after(() => {
  store.closeAllConnections();
  store.close();
});

test("is asked for by its name and decrypted, and a placeholder is no key", async () => {
  value = "not set yet";
  const { name, message } = await rejects(stripeKey("the-key"));
  assert.is(name, "StripeKeyRefused");
  assert.match(message, /^No Stripe key is set in Parameter Store under the-key: set it as docs\/deploying\.md says/);
  assert.equal(asked, [["AmazonSSM.GetParameter", { Name: "the-key", WithDecryption: true }]]);
  await rejects(stripeKey("the-key"));
  assert.is(asked.length, 2);
});

test("is kept for five minutes, and read anew after that", async () => {
  value = "rk_test_1";
  const { now } = Date;
  try {
    Date.now = () => 1000;
    assert.is(await stripeKey("the-key"), "rk_test_1");
    value = "rk_test_2";
    Date.now = () => 1000 + 5 * 60 * 1000 - 1;
    assert.is(await stripeKey("the-key"), "rk_test_1");
    Date.now = () => 1000 + 5 * 60 * 1000;
    assert.is(await stripeKey("the-key"), "rk_test_2");
  } finally {
    Date.now = now;
  }
  assert.is(asked.length, 2);
});

test("that Stripe refuses is forgotten, so that its successor is in use at once", async () => {
  const server = await startStripeServer({ objects: makeStripeObjects(), key: "rk_test_new", now: () => 1_000_000 });
  process.env["STRIPE_API"] = server.url;
  try {
    const ask = askStripe("the-key");
    value = "rk_test_old";
    const error = await rejects(ask((stripe) => stripe.subscriptions.list()));
    assert.is(error.name, "StripeKeyRefused");
    assert.not.match(error.message, "rk_test");
    value = "rk_test_new";
    const answer = await ask((stripe) => stripe.subscriptions.list());
    // The server's time is in whole seconds, and the request took less than one.
    assert.equal([answer?.value.data, answer?.to], [[], 1002]);
    assert.ok(answer && answer.from >= 997 && answer.from <= 998);
  } finally {
    delete process.env["STRIPE_API"];
    server.stop();
  }
});

test.run();
