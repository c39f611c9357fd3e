import { type Json, sampleEvent, sampleInvoice } from "../../../samples/stripe-objects.ts";
import { sold } from "./played.ts";

/** Midnight of a day of 2026, in unix seconds. */
export const on = (month: number, day = 1): number => Date.UTC(2026, month - 1, day) / 1000;

/** A line of an invoice. */
export interface LineArgs {
  amount: number;
  from: number;
  to: number;
  price?: string;
  subscription?: string | null;
  isProration?: boolean;
}

/** A line as Stripe has it since 2025-03-31.basil. */
export const line = ({
  amount,
  from,
  to,
  price = sold.month,
  subscription = "sub_1",
  isProration,
}: LineArgs): Json => ({
  object: "line_item",
  amount,
  currency: "jpy",
  period: { start: from, end: to },
  parent: {
    type: "subscription_item_details",
    subscription_item_details: { subscription, proration: isProration ?? false, subscription_item: "si_1" },
    invoice_item_details: null,
  },
  pricing: { type: "price_details", price_details: { price, product: "prod_1" } },
});

/** The same line as an invoice item, billed by hand or by a change of plan. */
export const invoiceItemLine = (args: LineArgs): Json => ({
  ...line(args),
  parent: {
    type: "invoice_item_details",
    subscription_item_details: null,
    invoice_item_details: { subscription: args.subscription ?? "sub_1", proration: args.isProration ?? false },
  },
});

/** The same line as Stripe had it before. */
export const lineBeforeBasil = (args: LineArgs): Json => {
  const { amount, currency, period, object } = line(args);
  const { price = sold.month, subscription = "sub_1", isProration = false } = args;
  const type = isProration ? "invoiceitem" : "subscription";
  return { object, amount, currency, period, type, subscription, proration: isProration, price: { id: price } };
};

/** What is particular about an invoice; it is paid unless it says otherwise. */
export interface InvoiceArgs {
  id?: string;
  customer?: string;
  lines?: Json[];
  hasMore?: boolean;
  /** The subscription that the invoice's head names. */
  head?: string | null;
  isOpen?: boolean;
  more?: Json;
}

/** An invoice of the first of May, for April by its own word. */
export const invoiceOf = (args: InvoiceArgs = {}): Json => {
  const { id = "in_1", customer = "cus_1", lines, hasMore = false, head = "sub_1", isOpen = false, more } = args;
  const details = head === null ? null : { metadata: {}, subscription: head };
  return {
    ...sampleInvoice({
      id,
      customer,
      amount: 580,
      created: on(5),
      ...(!isOpen && { paidAt: on(5) }),
      start: on(5),
      end: on(6),
    }),
    period_start: on(4),
    period_end: on(5),
    parent: details && { type: "subscription_details", subscription_details: details, quote_details: null },
    ...(lines && { lines: { object: "list", data: lines, has_more: hasMore } }),
    ...more,
  };
};

/** The event that an invoice was paid. */
export const paid = (args: InvoiceArgs = {}, id = "evt_paid"): Json =>
  sampleEvent(id, "invoice.payment_succeeded", on(5), invoiceOf(args));

/** The event that an attempt at an invoice failed. */
export const failed = (created: number, more: Json = {}, id = `evt_failed_${created}`): Json =>
  sampleEvent(id, "invoice.payment_failed", created, invoiceOf({ isOpen: true, more }));
