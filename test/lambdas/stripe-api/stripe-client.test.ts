import { Stripe } from "stripe";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { apiVersion, type AskStripe, askStripe } from "../../../lambdas/stripe-api/stripe-client.ts";
import { rejects } from "../../helpers/rejects.ts";

const test = suite("asking Stripe");

let ask: AskStripe;
test.before.each(() => {
  ask = askStripe({ parameter: "the-key", liveOnly: true, read: async () => "rk_live_1" });
});

// The client that is asked with, by which the environment says where Stripe is.
const clientAt = async (address: string | undefined): Promise<Stripe> => {
  const seen: Stripe[] = [];
  if (address !== undefined) process.env["STRIPE_API"] = address;
  try {
    await rejects(
      ask((stripe) => {
        seen.push(stripe);
        throw new Error("Not asked");
      }),
    );
  } finally {
    delete process.env["STRIPE_API"];
  }
  const [client] = seen;
  assert.ok(client);
  return client;
};

const addressOf = (stripe: Stripe) => (["protocol", "host", "port"] as const).map((name) => stripe.getApiField(name));

test("goes to Stripe, or where the environment says", async () => {
  assert.equal(addressOf(await clientAt(undefined)), ["https", "api.stripe.com", "443"]);
  assert.equal(addressOf(await clientAt("http://127.0.0.1:12111")), ["http", "127.0.0.1", "12111"]);
  assert.equal(addressOf(await clientAt("https://stripe.test")), ["https", "stripe.test", "443"]);
});

test("is tried three times for fifteen seconds each, in the version that is known here, and says nothing of this machine", async () => {
  const stripe = await clientAt(undefined);
  assert.equal(
    [stripe.getMaxNetworkRetries(), stripe.getApiField("timeout"), stripe.getApiField("version")],
    [2, 15_000, apiVersion],
  );
  assert.is(stripe.getTelemetryEnabled(), false);
});

const failing = (error: Error) => ask(() => Promise.reject(error));

test("finds nothing where Stripe says that there is no such object, and fails by anything else", async () => {
  const { StripeAPIError, StripeInvalidRequestError } = Stripe.errors;
  const said = { message: "No such subscription", type: "invalid_request_error" } as const;
  assert.is(await failing(new StripeInvalidRequestError({ ...said, code: "resource_missing" })), null);
  const others = [
    new StripeInvalidRequestError({ ...said, code: "parameter_unknown" }),
    new StripeAPIError({ message: "Missing", type: "api_error", code: "resource_missing" }),
  ];
  for (const other of others) assert.is((await rejects(failing(other))).name, "StripeFailed");
  const own = new Error("A fault of ours");
  assert.is(await rejects(failing(own)), own);
});

test("fails where Stripe's answer has no time", async () => {
  const lastResponse = { headers: {}, requestId: "req_1", statusCode: 200 };
  const { message } = await rejects(ask(async () => ({ lastResponse })));
  assert.is(message, "Stripe's answer has no time: its header Date is undefined");
});

test.run();
