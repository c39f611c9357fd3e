import { html } from "hono/html";
import { type Reversal, reversalsOf } from "../../ops/show/read-users.ts";
import type { LoggedState } from "../../ops/show/subscription-history.ts";
import type { PaymentRecord } from "../../records/records.ts";
import { money } from "../html/money.ts";
import { badge, type Markup, shown, time, type Tone } from "../html/text.ts";
import type { PlacedState } from "./bands.ts";
import { paymentTone, statusTone } from "./status.ts";

/** Something that happened to a customer; times in unix seconds. */
export interface Entry {
  /** By Stripe's time. */
  time: number;
  /** When it was logged, in milliseconds since 1970, where Stripe's time of it is not known. */
  loggedAt: number | null;
  subscriptionId: string | null;
  eventId: string | null;
  /** What it is, in a word with its tone. */
  what: Markup;
  details: (Markup | string)[];
  /** How it is marked below the bar, if it is. */
  mark: { sign: string; title: string; tone: Tone } | null;
}

/** What the logs say happened, without what changed nothing. */
export const loggedEntries = (states: PlacedState[]): Entry[] => {
  const gaps = new Map<string, number | null>();
  return states.flatMap((state) => {
    const { subscriptionId, gapSince, changes, by, time: placed, created, at, eventId } = state;
    const gapBefore = gaps.get(subscriptionId) ?? null;
    gaps.set(subscriptionId, by === "event" ? gapSince : null);
    const shownChanges = changes.filter(({ change }) => change !== "cancelled");
    const isNewGap = by === "event" && gapSince !== null && gapBefore === null;
    if (shownChanges.length === 0 && !isNewGap && by === "event") return [];
    const gap = isNewGap
      ? [html`An event is missing since ${time(1000 * gapSince)}: the order of the events is assumed.`]
      : [];
    return {
      time: placed,
      loggedAt: created === null ? at : null,
      subscriptionId,
      eventId,
      what: whatOf(state),
      details: [...shownChanges.map(changeText), ...gap, ...healText(state)],
      mark: null,
    };
  });
};

const whatOf = ({ by, outcome, changes }: LoggedState): Markup => {
  if (by !== "event") return badge(outcome);
  const status = changes.find(({ change }) => change === "status_changed")?.to;
  return status === undefined ? badge("changed", "plain") : badge(`${status}`, statusTone(`${status}`));
};

const healText = ({ by, outcome, gapSince }: LoggedState): (Markup | string)[] => {
  if (by === "event") return [];
  if (by === "reconciliation") return ["by a reconciliation with Stripe"];
  const since = gapSince !== null && html` since ${time(1000 * gapSince)}`;
  if (outcome === "healed") return [html`by Stripe's answer, as an event was missing${since}`];
  return [html`The missing event${since} ${outcome === "closed" ? "had come" : "stays missing"}.`];
};

type Change = LoggedState["changes"][number];

const sentences: Record<string, (change: Change) => Markup | string> = {
  status_changed: ({ from, to }) => (from === null ? `new, ${to}` : `${from} → ${to}`),
  plan_changed: ({ from, to }) => `plan ${from ?? "unknown"} → ${to ?? "unknown"}`,
  cancellation_scheduled: ({ to }) => html`to be cancelled ${typeof to === "number" ? time(1000 * to) : "later"}`,
  reactivated: () => "the scheduled cancellation was taken back",
  collection_paused: ({ to }) => `collection paused (${to})`,
  collection_resumed: () => "collection resumed",
};

const changeText = (change: Change): Markup | string =>
  sentences[change.change]?.(change) ??
  `${change.change}: ${JSON.stringify(change.from) ?? "nothing"} → ${JSON.stringify(change.to) ?? "nothing"}`;

/** The payments, failed attempts, refunds and disputes that are recorded. */
export const recordedEntries = (payments: PaymentRecord[]): Entry[] => [
  ...payments.map(paymentEntry),
  ...reversalsOf(payments).map(reversalEntry),
];

const recorded = { loggedAt: null, eventId: null };

const paymentEntry = (payment: PaymentRecord): Entry => {
  const { created_at, subscription_id, amount, currency, stripe_invoice_id, attempt_count } = payment;
  const failed = payment.status === "failed";
  const [word, tone, sign] = failed ? (["failed", "bad", "✕"] as const) : (["paid", "good", "✓"] as const);
  const reason = failed ? [`${payment.failure_reason}, attempt ${attempt_count}`] : [];
  return {
    ...recorded,
    time: created_at,
    subscriptionId: subscription_id,
    what: badge(word, tone),
    details: [`${money(amount, currency)} of ${stripe_invoice_id}`, ...reason],
    mark: { sign, title: `${word}: ${money(amount, currency)}`, tone },
  };
};

const reversalEntry = ({ kind, status, amount, currency, reason, created_at, ...of }: Reversal): Entry => ({
  ...recorded,
  time: created_at,
  subscriptionId: of.subscription_id,
  what: badge(`${kind} ${status}`, paymentTone(status)),
  details: [`${money(amount, currency)} of ${of.payment_id}`, ...(reason === null ? [] : [reason])],
  mark: {
    sign: kind === "refund" ? "↩" : "!",
    title: `${kind} ${shown(status)}: ${money(amount, currency)}`,
    tone: "warn",
  },
});
