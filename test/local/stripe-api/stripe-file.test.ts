import { suite } from "uvu";
import * as assert from "uvu/assert";
import { readStripeFile } from "../../../local/stripe-api/stripe-file.ts";
import { sampleEvent, sampleInvoice, sampleSubscription } from "../../../samples/stripe-objects.ts";
import { thrown } from "../../helpers/rejects.ts";

const test = suite("a file of what Stripe has");

const subscriptions = [sampleSubscription({ start: 1, end: 2 })];
const invoices = [sampleInvoice({ id: "in_1", amount: 1, created: 1, start: 1, end: 2 })];

test("has subscriptions and invoices, and may have customers, events, refunds and disputes", () => {
  const { objects: least } = readStripeFile({ subscriptions, invoices }, "file");
  assert.is(least.subscriptions.get("sub_sample"), subscriptions[0]);
  assert.is(least.invoices.get("in_1"), invoices[0]);
  const customers = [{ id: "cus_sample", object: "customer", deleted: true }];
  const events = [sampleEvent("evt_1", "invoice.payment_failed", 5, { ...invoices[0] })];
  const faults = [{ call: 2, status: 429 }];
  const refunds = [{ id: "re_1", object: "refund", created: 5, status: "pending" }];
  const disputes = [{ id: "dp_1", object: "dispute", created: 5, status: "lost" }];
  const { objects: all, ...file } = readStripeFile(
    { subscriptions, invoices, customers, events, refunds, disputes, faults },
    "file",
  );
  assert.equal(file.faults, faults);
  assert.equal([all.customers.get("cus_sample"), all.newestEventAt], [customers[0], 5]);
  assert.is(all.events.newestFirst().length, 1);
  assert.equal([all.refunds.newestFirst(), all.disputes.newestFirst()], [refunds, disputes]);
});

test("is refused with the place of what is wrong", () => {
  const refund = { id: "re_1", object: "refund", created: 5, status: "pending" };
  const refusals: [unknown, RegExp][] = [
    [[], /^--stripe: file, at the whole of it: Expected an object/],
    [{ subscriptions }, /at invoices: Expected an array/],
    [{ subscriptions, invoices, faults: [{ call: 0, status: 500 }] }, /at faults\.0\.call: Expected a integer greater/],
    [{ subscriptions, invoices: [], invoice: [] }, /at invoice: Expected a value of type `never`/],
    [{ subscriptions: [{ ...subscriptions[0], id: 5 }], invoices }, /at subscriptions\.0\.id: Expected a string/],
    [{ subscriptions: invoices, invoices }, /at subscriptions\.0\.object: Expected the literal `"subscription"`/],
    [{ subscriptions, invoices, disputes: [{ id: "dp_1", object: "refund" }] }, /at disputes\.0\.object: Expected/],
    [{ subscriptions, invoices, refunds: [refund, refund] }, /at refunds\.1\.id: there is another re_1/],
    [{ subscriptions, invoices: [...invoices, ...invoices] }, /at invoices\.1\.id: there is another in_1/],
  ];
  for (const [content, expected] of refusals)
    assert.match(thrown(() => readStripeFile(content, "--stripe: file")).message, expected);
});

test.run();
