import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { handler as linkPayment } from "../../../lambdas/link-payment.ts";
import { handler as recordReversal } from "../../../lambdas/record-reversal.ts";
import { handler as writePayment } from "../../../lambdas/write-payment.ts";
import type { ToPublish } from "../../../lambdas/publishing/to-publish.ts";
import { openRecords, type Records } from "../../../records/records.ts";
import { type Json, sampleEvent, sampleInvoice } from "../../../samples/stripe-objects.ts";
import { ofUser, onTheBus, taskInput } from "../../events/envelope.ts";
import { captured, type Printed } from "../../helpers/captured.ts";
import { startTables, type Tables } from "../../helpers/tables.ts";
import { withoutOutbox } from "../../helpers/without-outbox.ts";

/** When the payments of these tests were made, in unix seconds. */
export const paidAt = 1_767_225_600;

/** The tables, and their reader. */
export const open = async (): Promise<{ tables: Tables; records: Records }> => {
  const tables = await startTables();
  const credentials = { accessKeyId: "TESTS", secretAccessKey: "none" };
  const client = new DynamoDBClient({ endpoint: tables.endpoint, region: "ap-northeast-1", credentials });
  return { tables, records: openRecords({ client, tables, now: () => 1000 * paidAt }) };
};

type Result = { outcome: string; written: string[]; publish: ToPublish };

/** Handles an event as its state machine does, with the user of that name where it is about an invoice. */
export const play = (event: Json, userId = "user_reversed"): Promise<Printed<Result>> => {
  const type = `${event["type"]}`;
  if (type === "invoice.paid") return captured(() => writePayment(ofUser(userId, event)));
  const run = type === "invoice_payment.paid" ? linkPayment : recordReversal;
  return captured(() => run(taskInput(onTheBus(event))));
};

let events = 0;

/** An event about an object. */
export const eventOf = (type: string, created: number, object: Json, more: Json = {}): Json => {
  events += 1;
  return { ...sampleEvent(`evt_reversal_${events}`, type, created, object), ...more };
};

/** The event of an invoice that was paid with 580 yen; before Basil it names the payment intent. */
export const paidEvent = (name: string, more: Json = {}): Json => {
  const invoice = sampleInvoice({ id: `in_${name}`, amount: 580, created: paidAt, paidAt, start: 1, end: 2 });
  return eventOf("invoice.paid", paidAt, { ...invoice, ...more });
};

/** The event that names what paid an invoice, from Basil on. */
export const linkEvent = (name: string, payment: Json = { payment_intent: `pi_${name}` }, more: Json = {}): Json =>
  eventOf("invoice_payment.paid", paidAt + 1, {
    id: `inpay_${name}`,
    object: "invoice_payment",
    invoice: `in_${name}`,
    is_default: true,
    payment,
    ...more,
  });

/** A refund of 100 yen. */
export const refundOf = (name: string, more: Json = {}): Json => ({
  id: `re_${name}`,
  object: "refund",
  amount: 100,
  charge: `ch_${name}`,
  created: paidAt + 100,
  currency: "jpy",
  payment_intent: `pi_${name}`,
  reason: "requested_by_customer",
  status: "succeeded",
  ...more,
});

/** A dispute about 580 yen. */
export const disputeOf = (name: string, status: string, more: Json = {}): Json => ({
  id: `dp_${name}`,
  object: "dispute",
  amount: 580,
  charge: `ch_${name}`,
  created: paidAt + 200,
  currency: "jpy",
  evidence_details: { due_by: paidAt + 900_000, has_evidence: false },
  payment_intent: `pi_${name}`,
  reason: "fraudulent",
  status,
  ...more,
});

/** A charge of 580 yen of which so much is refunded; it lists its refunds only before 2022-11-15. */
export const chargeOf = (name: string, refunded: number, more: Json = {}): Json => ({
  id: `ch_${name}`,
  object: "charge",
  amount: 580,
  amount_refunded: refunded,
  created: paidAt - 5,
  currency: "jpy",
  payment_intent: `pi_${name}`,
  refunded: refunded >= 580,
  ...more,
});

/** The items that are about the payment of that name, by their partition keys, without their outboxes. */
export const itemsOf = async (tables: Tables, name: string): Promise<Record<string, Json>> => {
  const items = await tables.items(tables.payments);
  const keys = [`INVOICE#in_${name}`, `PAYMENT#pi_${name}`, `PAYMENT#ch_${name}`];
  const own = items.filter(({ PK }) => keys.includes(`${PK}`));
  return Object.fromEntries(own.map((item) => [`${item["PK"]}`.split("#")[0] ?? "", withoutOutbox(item)]));
};

/** What was counted, by the metrics that are at the root of a line. */
export const countedIn = (stdout: string[]): Json[] =>
  stdout.map((line) => {
    const { _aws: _, FunctionName: __, ...values } = JSON.parse(line);
    return values;
  });
