import { emptyLedger, type EventLedger } from "./event-ledger.ts";
import { hashOf } from "./state-hash.ts";
import { isEnded, type SubscriptionState } from "./subscription-state.ts";

/** A subscription as Stripe's API shows it. */
export interface Snapshot {
  state: SubscriptionState;
  /** It was read some time in these seconds, in unix seconds of Stripe's clock: all that happened before `from` is in the state, nothing that happened after `to`. */
  from: number;
  to: number;
}

/**
 * Puts what Stripe's API says in the place of all that events have said before; null where an event is known that may be later.
 *
 * No event before `from` counts any more. One of the seconds `from` to `to` may be in the state already, so it is kept who it was.
 */
export const takeSnapshot = (ledger: EventLedger, { state, from, to }: Snapshot): EventLedger | null => {
  if (Math.max(ledger.newest, ledger.ended?.at ?? 0) >= from) return null;
  const hash = hashOf(state);
  const read: EventLedger = { ...emptyLedger, started: true, newest: from, prunedUpTo: from - 1 };
  if (!isEnded(state)) {
    // What has ended stays ended, whatever an answer says.
    return ledger.ended ? null : { ...read, states: { [hash]: state }, snapshot: { from, to, hash, transitions: [] } };
  }
  const ended = { at: state.ended_at ?? from, state, hash };
  return { ...read, balance: { [hash]: [1, ended.at] }, ended, prunedUpTo: to };
};
