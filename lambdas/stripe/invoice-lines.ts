import { array, boolean, type Infer, integer, type } from "superstruct";
import { Expandable, Id, maybe, Reference, UnixSeconds } from "./shapes.ts";

const Price = Expandable(type({ id: Id }));

const Details = type({ subscription: maybe(Reference), proration: maybe(boolean()) });

const Line = type({
  amount: maybe(integer()),
  period: maybe(type({ start: maybe(UnixSeconds), end: maybe(UnixSeconds) })),
  // From 2025-03-31.basil on.
  parent: maybe(type({ subscription_item_details: maybe(Details), invoice_item_details: maybe(Details) })),
  pricing: maybe(type({ price_details: maybe(type({ price: maybe(Price) })) })),
  // Before.
  subscription: maybe(Reference),
  proration: maybe(boolean()),
  price: maybe(Price),
  plan: maybe(Price),
});

type Line = Infer<typeof Line>;

/** An invoice's lines, of which an event has the first ten at most; `has_more` says that there are others. */
export const Lines = type({ data: maybe(array(Line)), has_more: maybe(boolean()) });

/** The lines of an invoice that are in sight, and whether there are others. */
export interface LinesInSight {
  lines?: Infer<typeof Lines> | null | undefined;
}

/** An invoice as far as the period of its payment needs it. */
export interface Billed extends LinesInSight {
  /** When its own period ended, in unix seconds. */
  period_end?: number | null | undefined;
}

/** A time that something is paid for, in unix seconds; both null where the event does not say it. */
export type ServicePeriod = { start: number; end: number } | { start: null; end: null };

/**
 * The period that an invoice pays for: of its lines the one that ends last.
 *
 * Credits and prorations count only where no other line is left: they are about a time that is paid for already. Of more than
 * ten lines the others may be out of sight, prorations come first; and what was used in the past, which is billed afterwards, does
 * not say what else is paid for. The invoice's own period is no answer: it looks back at what was added to it
 * (https://docs.stripe.com/api/invoices/object#invoice_object-period_start).
 */
export const servicePeriodOf = ({ lines, period_end: ownEnd }: Billed): ServicePeriod => {
  const all = lines?.data ?? [];
  const charges = all.filter((line) => !isCredit(line));
  const paidFor = charges.filter((line) => !isProration(line));
  const hasMore = lines?.has_more === true;
  const [counting = []] = hasMore ? [paidFor] : [paidFor, charges, all].filter((one) => one.length > 0);
  const last = lastPeriodOf(counting);
  const isPast = hasMore && last !== null && last.end <= Number(ownEnd);
  return last === null || isPast ? { start: null, end: null } : last;
};

/** The one subscription that an invoice's lines name; null where they name none, or several. */
export const subscriptionInLines = ({ lines }: LinesInSight): string | null => {
  const named = new Set((lines?.data ?? []).flatMap((line) => subscriptionOfLine(line) ?? []));
  const [subscription = null] = named;
  return named.size === 1 ? subscription : null;
};

/** The prices that an invoice's lines name. */
export const pricesInLines = ({ lines }: LinesInSight): string[] =>
  (lines?.data ?? []).flatMap(({ pricing, price, plan }) => (pricing?.price_details?.price ?? price ?? plan)?.id ?? []);

const isCredit = ({ amount }: Line): boolean => (amount ?? 0) < 0;

const isProration = ({ proration, parent }: Line): boolean =>
  [proration, parent?.subscription_item_details?.proration, parent?.invoice_item_details?.proration].includes(true);

const lastPeriodOf = (lines: Line[]): { start: number; end: number } | null => {
  const periods = lines.flatMap(({ period }) => {
    const { start, end } = period ?? {};
    return typeof start === "number" && typeof end === "number" ? [{ start, end }] : [];
  });
  const [last] = periods.toSorted((a, b) => b.end - a.end || b.start - a.start);
  return last ?? null;
};

const subscriptionOfLine = ({ parent, subscription }: Line): string | null =>
  parent?.subscription_item_details?.subscription ?? parent?.invoice_item_details?.subscription ?? subscription ?? null;
