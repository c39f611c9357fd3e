import { suite } from "uvu";
import * as assert from "uvu/assert";
import { handler, linkPayment } from "../../lambdas/link-payment.ts";
import { handler as recordReversal } from "../../lambdas/record-reversal.ts";
import { handler as writePayment } from "../../lambdas/write-payment.ts";
import { reversalsTable } from "../../lambdas/reversals/reversals-table.ts";
import { handle } from "../../lambdas/runtime/handle.ts";
import { type Json, sampleEvent, sampleInvoice } from "../../samples/stripe-objects.ts";
import { onTheBus, ofUser, taskInput } from "../events/envelope.ts";
import { captured } from "../helpers/captured.ts";
import { rejects } from "../helpers/rejects.ts";
import { startTables, type Tables } from "../helpers/tables.ts";
import { withoutPublish } from "../helpers/without-publish.ts";

const test = suite("link-payment");

let tables: Tables;
test.before(async () => {
  tables = await startTables();
});

const invoicePayment = (invoice: unknown, more: Json = {}): Json => ({
  id: "inpay_1",
  object: "invoice_payment",
  amount_paid: 580,
  amount_requested: 580,
  created: 1,
  currency: "jpy",
  invoice,
  is_default: true,
  livemode: false,
  payment: { type: "payment_intent", payment_intent: "pi_linked" },
  status: "paid",
  status_transitions: { canceled_at: null, paid_at: 5 },
  ...more,
});

const link = (object: Json) =>
  captured(() => handler(taskInput(onTheBus(sampleEvent("evt_link", "invoice_payment.paid", 5, object)))));

const pay = (id: string, type = "invoice.paid") => {
  const invoice = sampleInvoice({ id, amount: 580, created: 1, paidAt: 5, start: 1, end: 2 });
  return captured(() => writePayment(ofUser("user_linked", sampleEvent(`evt_${id}`, type, 6, invoice))));
};

const rowOf = async (id: string): Promise<Json> =>
  (await tables.items(tables.payments)).find(({ PK }) => PK === `INVOICE#${id}`) ?? {};

test("names the payment after its payment intent, whichever event comes first", async () => {
  await pay("in_link_a");
  assert.is((await rowOf("in_link_a"))["payment_id"], "in_link_a");
  const { result } = await link(invoicePayment("in_link_a"));
  assert.equal(withoutPublish(result), { outcome: "applied", written: ["payments INVOICE#in_link_a SUCCEEDED"] });
  await link(invoicePayment("in_link_b"));
  await pay("in_link_b");
  const [a, b] = [await rowOf("in_link_a"), await rowOf("in_link_b")];
  assert.is(a["payment_id"], "pi_linked");
  assert.is(JSON.stringify(b).replaceAll("in_link_b", "in_link_a"), JSON.stringify(a));
});

test("leaves a row that only it has written out of everybody's history, and keeps it for seven years too", async () => {
  await link(invoicePayment("in_alone"));
  assert.equal(await rowOf("in_alone"), {
    PK: "INVOICE#in_alone",
    SK: "SUCCEEDED",
    stripe_payment_intent_id: "pi_linked",
    stripe_payment_intent_ids: ["pi_linked"],
    payment_id: "pi_linked",
    expires_at: 220_924_805,
  });
});

test("changes nothing when it comes again", async () => {
  await link(invoicePayment("in_again"));
  assert.equal(withoutPublish((await link(invoicePayment("in_again"))).result), { outcome: "duplicate", written: [] });
});

test("makes one row of the two events of one payment", async () => {
  await pay("in_both", "invoice.payment_succeeded");
  const before = await rowOf("in_both");
  assert.is((await pay("in_both", "invoice.paid")).result.outcome, "duplicate");
  assert.equal(await rowOf("in_both"), before);
});

test("skips a payment without a payment intent or a charge", async () => {
  const more = { payment: { type: "payment_record", payment_record: "payrec_1" } };
  assert.equal(withoutPublish((await link(invoicePayment("in_other", more))).result), {
    outcome: "skipped",
    written: [],
  });
  assert.equal(await rowOf("in_other"), {});
});

test("keeps the charge that paid an invoice where there is no payment intent", async () => {
  const more = { payment: { type: "charge", charge: "ch_link_charged" } };
  assert.is((await link(invoicePayment("in_link_charged", more))).result.outcome, "applied");
  const { stripe_charge_ids: charges, payment_id: id } = await rowOf("in_link_charged");
  assert.equal([charges, id], [["ch_link_charged"], undefined]);
});

const intentOf = (id: string, more: Json = {}): Json => ({
  payment: { type: "payment_intent", payment_intent: id },
  ...more,
});

test("keeps each intent that paid a part of an invoice, and names the payment after the invoice's own", async () => {
  const part = (id: string) => link(invoicePayment(id, intentOf("pi_a_part", { is_default: false })));
  const rest = (id: string) => link(invoicePayment(id, intentOf("pi_rest")));
  const orders = [
    [part, rest, pay],
    [pay, rest, part],
    [rest, pay, part],
  ];
  const rows: string[] = [];
  for (const [index, order] of orders.entries()) {
    const id = `in_parts_${index}`;
    for (const step of order) await step(id);
    rows.push(JSON.stringify(await rowOf(id)).replaceAll(id, "in_parts"));
  }
  const row = await rowOf("in_parts_0");
  assert.equal([row["payment_id"], row["stripe_payment_intent_id"]], ["pi_rest", "pi_rest"]);
  assert.equal(row["stripe_payment_intent_ids"], ["pi_a_part", "pi_rest"]);
  assert.is(new Set(rows).size, 1, rows.join("\n"));
  assert.equal(withoutPublish((await part("in_parts_0")).result), { outcome: "duplicate", written: [] });
});

test("skips a payment at a connected account, counts it, and writes nothing", async () => {
  const event = {
    ...sampleEvent("evt_connected", "invoice_payment.paid", 5, invoicePayment("in_connected")),
    account: "acct_1",
  };
  const { result, stdout } = await captured(() => handler(taskInput(onTheBus(event))));
  assert.equal(withoutPublish(result), { outcome: "skipped", written: [] });
  assert.is(JSON.parse(`${stdout[0]}`).NoneOfOurs, 1);
  assert.equal(await rowOf("in_connected"), {});
});

test("takes an expanded invoice and payment intent for their ids", async () => {
  const payment = { type: "payment_intent", payment_intent: { id: "pi_object", object: "payment_intent" } };
  await link(invoicePayment({ id: "in_object", object: "invoice" }, { payment }));
  assert.is((await rowOf("in_object"))["payment_id"], "pi_object");
});

test("publishes on the bus for other services whose a refund is, where that came before", async () => {
  const refund = { id: "re_1", object: "refund", amount: 1, charge: null, created: 4, currency: "jpy" };
  const refunded = { ...refund, payment_intent: "pi_refunded", status: "succeeded", reason: null };
  await captured(() => recordReversal(taskInput(onTheBus(sampleEvent("evt_re", "refund.created", 4, refunded)))));
  await pay("in_refunded");
  const payment = { type: "payment_intent", payment_intent: "pi_refunded" };
  const { publish } = (await link(invoicePayment("in_refunded", { payment }))).result;
  const told = publish.entries.map(({ EventBusName, Detail }) => [EventBusName, Detail.subject, Detail["user_id"]]);
  assert.equal(told.at(-1), ["billing", "reversals/pi_refunded", "user_linked"]);
});

test("throws InvalidEvent for what is no payment of an invoice", async () => {
  const error = await rejects(link(invoicePayment(null)));
  assert.is(error.name, "InvalidEvent");
  assert.match(error.message, "detail.data.object.invoice");
});

test("refuses an event of the test mode where live ones only are taken, and writes nothing", async () => {
  const linked: string[] = [];
  const table = {
    link: async (invoiceId: string) => {
      linked.push(invoiceId);
      return { outcome: "applied" as const, key: "a key", payment: null };
    },
  };
  const linkLive = (livemode: boolean) => {
    const event = { ...sampleEvent("evt_mode", "invoice_payment.paid", 5, invoicePayment("in_mode")), livemode };
    return captured(() =>
      handle(
        taskInput(onTheBus(event)),
        linkPayment(table, reversalsTable(tables.payments), { liveOnly: true, bus: "billing" }),
      ),
    );
  };
  const { name, message } = await rejects(linkLive(false));
  assert.is(name, "Refused");
  assert.match(message, "test mode");
  assert.equal(linked, []);
  assert.is((await linkLive(true)).result.outcome, "applied");
  assert.equal(linked, ["in_mode"]);
});

test.run();
