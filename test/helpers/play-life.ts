import { envelope } from "../../lambdas/stripe/stripe-event.ts";
import { readLedger, writeLedger } from "../../lambdas/ledger/ledger-format.ts";
import { parse } from "../../lambdas/runtime/parse.ts";
import { resolveState } from "../../lambdas/ledger/resolve-state.ts";
import { toSubscriptionEvent } from "../../lambdas/subscriptions/subscription-event.ts";
import {
  currentSubscriptionFields,
  type StoredSubscriptions,
  sync,
} from "../../lambdas/subscriptions/subscription-item.ts";
import { Subscription } from "../../lambdas/ledger/subscription-state.ts";
import type { Json } from "../../samples/stripe-objects.ts";

const Event = envelope(Subscription);
const prices = { monthly: [], yearly: [] };

/** What a user's subscriptions are after these events, in this order. */
export const playLife = (events: Json[], first: StoredSubscriptions = {}): StoredSubscriptions =>
  events.reduce<StoredSubscriptions>((before, detail) => {
    const transition = toSubscriptionEvent(parse({ detail }, Event).detail);
    return stored(sync(before, transition, prices)?.subscriptions ?? before);
  }, first);

// As they are read again from the table.
const stored = (subscriptions: StoredSubscriptions): StoredSubscriptions =>
  Object.fromEntries(
    Object.entries(subscriptions).map(([id, { created, ledger }]) => {
      const read = readLedger(writeLedger(ledger));
      return [id, { created, ledger: read, resolved: resolveState(read) }];
    }),
  );

/** The row that other services read of these subscriptions. */
export const rowOf = (subscriptions: StoredSubscriptions) => currentSubscriptionFields("u", subscriptions, prices);

/** The row that other services read after these events. */
export const rowAfter = (events: Json[]) => rowOf(playLife(events));
