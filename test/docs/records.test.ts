import { readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { life } from "../../samples/one-life.ts";
import { type Json, sampleEvent, sampleSubscription } from "../../samples/stripe-objects.ts";
import { paymentsIn } from "../../local/print/payments-in.ts";
import { type Running, startRunning } from "../helpers/running.ts";

const test = suite("the page on records");

const [, fields = ""] = readFileSync("docs/records.md", "utf8").split("## The fields");
const [ofSubscription = "", rest = ""] = fields.split("**A customer's item**");
const [ofOthers = "", others = ""] = rest.split("**A payment**");
const [ofPayment = "", ofReversals = ""] = others.split("**Refunds and disputes**");
const [ofReversed = "", derived = ""] = ofReversals.split("**What the module returns");
const [ownItem = ""] = ofOthers.split(". The item of a user");

// The names that a part of the page has in the first column of its table, and after "for this program alone".
const namedIn = (text: string): string[] => {
  const rows = [...text.matchAll(/^\| (`[^|]*)\|/gm)].map(([, cell = ""]) => cell);
  const [, own = ""] = /For this program alone: (.*)/.exec(text) ?? [];
  const names = [...rows.join(" ").matchAll(/`(\w+)`/g)].map(([, name = ""]) => name);
  return [...names, ...[...own.matchAll(/`((?:stripe_|tie_)\w+)`/g)].map(([, name = ""]) => name)].toSorted();
};

const namesOf = (rows: Json[]): string[] =>
  [...new Set(rows.flatMap(Object.keys))].filter((name) => name !== "PK" && name !== "SK").toSorted();

let running: Running;
let rows: { core: Json[]; payments: Json[] };
test.before(async () => {
  running = await startRunning();
  const events = life().flatMap((stage) => stage.events);
  const link = sampleEvent("evt_link", "invoice_payment.paid", 1_767_225_600, {
    object: "invoice_payment",
    id: "inpay_1",
    invoice: "in_life_1",
    is_default: true,
    payment: { type: "payment_intent", payment_intent: "pi_1" },
  });
  const charged = sampleEvent("evt_charged", "invoice_payment.paid", 1_767_225_600, {
    object: "invoice_payment",
    id: "inpay_2",
    invoice: "in_life_1",
    is_default: false,
    payment: { type: "charge", charge: "ch_1" },
  });
  const ended = (index: number) =>
    sampleEvent(
      `evt_ended_${index}`,
      "customer.subscription.deleted",
      100 + index,
      sampleSubscription({ id: `sub_${index}`, start: 1, end: 2, status: "canceled", more: { created: index } }),
    );
  const all = [...events, link, charged, ended(1), ended(2)];
  await running.addPlaceholderUsers(all.map((event) => running.envelope(event)));
  for (const event of all) await running.handle(event);
  rows = await running.dump();
});
test.after(() => running.stop());

test("has each field of a subscription's item, and no other", () => {
  const item = rows.core.filter(({ SK }) => SK === "SUBSCRIPTION");
  assert.is(item.length, 1);
  assert.equal(namedIn(ofSubscription), namesOf(item));
});

test("has each field of a payment's row, and no other", () => {
  const payments = rows.payments.filter(({ SK }) => SK !== "REVERSALS");
  assert.is(payments.length, 5);
  assert.equal(namedIn(ofPayment), namesOf(payments));
});

test("has each field of the item of a payment's refunds and disputes, and of the texts in it, and no other", () => {
  const items = rows.payments.filter(({ SK }) => SK === "REVERSALS");
  assert.equal(
    namedIn(ofReversed.replaceAll(/<\w+…>/g, "")),
    [...new Set(namesOf(items).map((name) => name.replace(/^(refund|dispute|charge)_.*/, "$1_")))].toSorted(),
  );
  const said = items.flatMap((item) => Object.values(item).flatMap((value) => (Array.isArray(value) ? value : [])));
  const [, texts = ""] = /^(\| `refund_.*?)\| `user_id`/ms.exec(ofReversed) ?? [];
  const named = [...texts.matchAll(/`([a-z_]+)`/g)].map(([, name = ""]) => name);
  assert.equal([...new Set(named)].toSorted(), namesOf(said.map((text) => JSON.parse(`${text}`))));
});

test("has each field of a payment that follows from its refunds and disputes, and no other", () => {
  const payments = paymentsIn(rows.payments);
  const inRows = namesOf(rows.payments.filter(({ SK }) => SK !== "REVERSALS"));
  const own = namesOf(payments.map((one) => ({ ...one }))).filter(
    (name) => !inRows.includes(name) || name === "status",
  );
  assert.equal(namedIn(derived), own);
  const lists = {
    refunds: payments.flatMap((one) => one.refunds),
    dispute: payments.flatMap((one) => one.dispute ?? []),
  };
  for (const [field, values] of Object.entries(lists)) {
    const [, names = ""] = new RegExp(`^\\| \`${field}\` +\\| (.*?)\\. Its status`, "m").exec(derived) ?? [];
    const named = [...names.matchAll(/`(\w+)`/g)].map(([, name = ""]) => name);
    assert.equal(named.toSorted(), namesOf(values.map((one) => ({ ...one }))), field);
  }
});

test("has each field of the other items, and no other", () => {
  const [customer = "", own = ""] = ownItem.split("**A subscription's own item**");
  const named = (text: string) => [...text.matchAll(/`(\w+)`/g)].map(([, name = ""]) => name).toSorted();
  const of = (kind: string) => rows.core.filter(({ SK }) => `${SK}`.startsWith(`${kind}#`));
  assert.equal(named(customer), namesOf(of("CUSTOMER")));
  assert.equal(named(own), namesOf(of("SUBSCRIPTION")));
});

test.run();
