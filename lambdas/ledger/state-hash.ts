import * as crypto from "node:crypto";
import type { SubscriptionState } from "./subscription-state.ts";

/**
 * A name for a state, equal for equal ones.
 *
 * It leaves out what is null, so that a new field names no old state anew, and whatever depends on our configuration.
 */
export const hashOf = (state: SubscriptionState): string => {
  const known = hashes.get(state);
  if (known !== undefined) return known;
  const { prices, ...rest } = state;
  const made = hashOfFields({ ...withoutNulls(rest), prices: [...new Set(prices.map(({ id }) => id))].join() });
  hashes.set(state, made);
  return made;
};

/** The names that ledgers before version 2 had for a state: they knew one of its prices, and nothing of paused collection. */
export const hashesBeforeVersion2 = (state: SubscriptionState): string[] => {
  const { prices, pause_collection: _, pause_resumes_at: __, ...rest } = state;
  const ids = prices.length > 0 ? prices.map(({ id }) => id) : [null];
  return ids.map((id) => hashOfFields({ ...rest, price_id: id }));
};

// One event asks for the same states' hashes many times, and no state ever changes.
const hashes = new WeakMap<SubscriptionState, string>();

const hashOfFields = (fields: object): string => {
  const text = JSON.stringify(Object.entries(fields).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  return crypto.hash("sha256", text, "base64url").slice(0, 8);
};

const withoutNulls = (fields: object): object =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
