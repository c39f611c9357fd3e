import { env } from "./runtime/env.ts";
import { InvalidEvent } from "./runtime/errors.ts";
import { handle } from "./runtime/handle.ts";
import type { Log } from "./runtime/log.ts";
import { parse } from "./runtime/parse.ts";
import { skipReason } from "./runtime/skip-reason.ts";
import { type Payments, paymentsTable } from "./payments/payments-table.ts";
import { sevenYearsAfter } from "./payments/retention.ts";
import { type PublishSettings, toPublish } from "./publishing/to-publish.ts";
import { factsOf } from "./reversals/facts-of.ts";
import { linkPayers } from "./reversals/link-payers.ts";
import { remind, report } from "./reversals/report.ts";
import { type ReversalsTable, reversalsTable } from "./reversals/reversals-table.ts";
import { paymentOf, Reversal } from "./stripe/reversal.ts";
import { envelope } from "./stripe/stripe-event.ts";

const Event = envelope(Reversal);

/**
 * Puts a refund or a dispute on record, whether or not its payment's own event has come yet.
 *
 * @throws {InvalidEvent} for what is no refund, dispute or charge.
 * @throws {Refused} for an event of Stripe's test mode, where live ones only are taken.
 */
export const recordReversal =
  (payments: Pick<Payments, "link">, reversals: ReversalsTable, settings: PublishSettings & { liveOnly: boolean }) =>
  async (event: unknown, log: Log) => {
    const { detail } = parse(event, Event);
    const reversal = detail.data.object;
    assertObject(detail.type, reversal.object);
    const paymentId = paymentOf(reversal);
    const ids = { paymentId, reversalId: reversal.id };
    const skipped = skipReason(detail, settings.liveOnly);
    if (skipped !== null || paymentId === null) {
      log.info("Nothing is written", { outcome: "skipped", reason: skipped ?? "It names no payment", ...ids });
      return { outcome: "skipped", written: [], publish: toPublish([], settings, detail) };
    }
    const isCharge = reversal.object === "charge";
    // All events about one refund, or one dispute, keep it until the same time.
    const expiresAt = sevenYearsAfter(isCharge ? detail.created : reversal.created);
    const reason = "event";
    const change = await reversals.add(paymentId, factsOf(reversal, detail.created), { expiresAt, reason });
    report(change, log);
    const { outcome, key, after } = change;
    let { unpublished } = change;
    // The try before may have ended before it told of it. Stripe moves the money in the second of the dispute: that says nothing else.
    if (outcome === "duplicate" && !detail.type.startsWith(movedFunds)) remind(after, log);
    if (after.userId === null && isCharge && reversal.invoice) {
      const kind = reversal.payment_intent ? "default_intent" : "charge";
      const { payment } = await payments.link(reversal.invoice, { id: paymentId, kind }, expiresAt);
      const linked = payment ? await linkPayers(reversals, [paymentId], payment, { reason, log }) : [];
      // It has what the first write adds too.
      unpublished = linked[0] ?? unpublished;
    }
    const written = outcome === "duplicate" ? [] : [`payments ${key}`];
    log.info("Reversal recorded", { outcome, written, userId: after.userId, invoiceId: after.invoiceId, ...ids });
    return { outcome, written, publish: toPublish([unpublished], settings, detail) };
  };

const movedFunds = "charge.dispute.funds_";

// Of all types, as what they are about says everything.
const objectsOfTypes = [
  [/^charge\.dispute\.\w+$/, "dispute"],
  [/^(charge\.)?refund\.\w+$/, "refund"],
  [/^charge\.refunded$/, "charge"],
] as const;

const assertObject = (type: string, object: Reversal["object"]): void => {
  const [, expected] = objectsOfTypes.find(([pattern]) => pattern.test(type)) ?? [];
  if (!expected)
    throw new InvalidEvent(`detail.type: expected one about a refund, a dispute or a refunded charge, got ${type}`);
  if (object !== expected) throw new InvalidEvent(`detail.data.object.object: expected ${expected}, got ${object}`);
};

export const handler = (input: unknown) => {
  const table = env("HOMEBIYORI_PAYMENTS");
  const settings = { liveOnly: env("LIVEMODE") !== "any", bus: env("BILLING_BUS") };
  return handle(input, recordReversal(paymentsTable(table), reversalsTable(table), settings));
};
