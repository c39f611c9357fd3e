import type { Json } from "../../samples/stripe-objects.ts";

/** An object of Stripe's, as its API shows it. */
export interface StripeObject extends Json {
  id: string;
  /** When Stripe made it, in unix seconds. */
  created: number;
}

/** Objects of one kind. */
export interface Collection {
  get(id: string): StripeObject | undefined;
  set(object: StripeObject): void;
  /** All of them, the newest first. */
  newestFirst(): readonly StripeObject[];
}

/** What Stripe has, as far as the runner answers for it. */
export interface StripeObjects {
  subscriptions: Collection;
  invoices: Collection;
  events: Collection;
  refunds: Collection;
  disputes: Collection;
  /** Customers of whom more than the id is known, by their ids. */
  customers: Map<string, Json>;
  /** The payments of invoices that have no `payments` of their own, by the invoice's id and their own. */
  payments: Map<string, Map<string, Json>>;
  /** When the newest event happened that is known, in unix seconds. */
  newestEventAt: number;
}

/** Makes an account without any object. */
export const makeStripeObjects = (): StripeObjects => ({
  subscriptions: makeCollection(),
  invoices: makeCollection(),
  events: makeCollection(),
  refunds: makeCollection(),
  disputes: makeCollection(),
  customers: new Map(),
  payments: new Map(),
  newestEventAt: 0,
});

const makeCollection = (): Collection => {
  const byId = new Map<string, StripeObject>();
  let sorted: StripeObject[] | null = null;
  return {
    get: (id) => byId.get(id),
    set: (object) => {
      byId.set(object.id, object);
      sorted = null;
    },
    newestFirst: () => (sorted ??= [...byId.values()].toSorted(byAge)),
  };
};

// A page goes on where the last one ended, whatever has been learnt meanwhile.
const byAge = (a: StripeObject, b: StripeObject): number => b.created - a.created || (a.id < b.id ? 1 : -1);
