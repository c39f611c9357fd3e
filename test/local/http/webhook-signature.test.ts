import { createHmac } from "node:crypto";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { signatureProblem } from "../../../local/http/webhook-signature.ts";

const test = suite("webhook signature");

const secret = "whsec_test";
const body = '{"id":"evt_1","name":"ほめびより"}';
const time = 1_767_225_600;
const now = time * 1000;

const sign = (text = body, key = secret, at = time) => createHmac("sha256", key).update(`${at}.${text}`).digest("hex");

const problem = (header: string, at = now) => signatureProblem(header, body, secret, at);

const wrong = "the signature is not that of this body under STRIPE_WEBHOOK_SECRET";
const missing = "there is no Stripe-Signature with a time and a v1 signature";

test("takes what Stripe signed", () => {
  assert.is(problem(`t=${time},v1=${sign()}`), null);
  assert.is(problem(`t=${time}, v1=${sign()}, v0=${sign("other")}`), null);
});

// Worked out with OpenSSL: printf '1767225600.{}' | openssl dgst -sha256 -hmac whsec_test
test("takes a signature that another program worked out", () => {
  const signature = "4a942ef9477fb7b15b98664cf7ff2c2543984c1fa6bdf3520b48dcb25bcd1fe4";
  assert.is(signatureProblem(`t=${time},v1=${signature}`, "{}", secret, now), null);
});

test("takes one good signature among several, which Stripe sends while a secret is rolled", () => {
  assert.is(problem(`t=${time},v1=${sign(body, "whsec_old")},v1=${sign()}`), null);
  assert.is(problem(`t=${time},v1=${sign()},v1=${sign(body, "whsec_old")}`), null);
  assert.is(problem(`t=${time},v1=${sign(body, "whsec_old")},v1=${sign(body, "whsec_older")}`), wrong);
});

test("refuses the signature of another secret, body or time", () => {
  assert.is(problem(`t=${time},v1=${sign(body, "whsec_other")}`), wrong);
  assert.is(problem(`t=${time},v1=${sign(`${body} `)}`), wrong);
  assert.is(problem(`t=${time + 1},v1=${sign()}`), wrong);
});

test("refuses a signature of another length, or none", () => {
  for (const signature of ["", "x", sign().slice(1), `${sign()}0`, sign().toUpperCase()]) {
    assert.is(problem(`t=${time},v1=${signature}`), wrong, signature);
  }
});

test("refuses a header without a time or without a v1 signature", () => {
  for (const header of ["", "t", "nonsense", `t=${time}`, `v1=${sign()}`, `t=${time},v0=${sign()}`, `t=${time},v1`]) {
    assert.is(problem(header), missing, header);
  }
});

test("takes a signature that is five minutes old, and refuses an older one or one from the future", () => {
  const header = `t=${time},v1=${sign()}`;
  assert.is(problem(header, now + 300_000), null);
  assert.is(problem(header, now - 300_000), null);
  assert.is(problem(header, now + 301_000), "the signature is 301 seconds old, and may be 300");
  assert.match(`${problem(header, now - 301_000)}`, "may be 300");
});

test("refuses a time that is no number, though it is signed", () => {
  const signature = createHmac("sha256", secret).update(`soon.${body}`).digest("hex");
  assert.match(`${problem(`t=soon,v1=${signature}`)}`, "may be 300");
});

test.run();
