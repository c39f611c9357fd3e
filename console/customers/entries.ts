import { html } from "hono/html";
import { type Reversal, reversalsOf } from "../../ops/show/read-users.ts";
import type { LoggedState } from "../../ops/show/subscription-history.ts";
import { isEnded } from "../../lambdas/ledger/subscription-state.ts";
import type { PaymentRecord } from "../../records/records.ts";
import { money } from "../html/money.ts";
import { badge, type Markup, shown, time, type Tone } from "../html/text.ts";
import { isLate, type PlacedState } from "./placed-states.ts";
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
export const loggedEntries = (states: PlacedState[]): Entry[] =>
  states.flatMap((state) => {
    const { subscriptionId, by, time: placed, created, at, eventId } = state;
    const details = [...saidText(state), ...lateText(state), ...gapText(state), ...healText(state)];
    if (details.length === 0 && by === "event") return [];
    return {
      time: placed,
      loggedAt: created === null ? at : null,
      subscriptionId,
      eventId,
      what: whatOf(state),
      details,
      mark: null,
    };
  });

const statusIn = (changes: LoggedState["changes"] | null): unknown =>
  changes?.find(({ change }) => change === "status_changed")?.to;

const whatOf = (state: LoggedState): Markup => {
  if (state.by !== "event") return badge(state.outcome);
  const changed = statusIn(state.says) ?? statusIn(state.changes);
  const status = state.status ?? changed;
  if (changed !== undefined) return badge(`${status}`, statusTone(`${status}`));
  return badge(isLate(state) ? "came late" : "changed", "plain");
};

const saidText = ({ says, changes }: LoggedState): (Markup | string)[] => {
  if (says === null) return ["What it changed at Stripe is not in its log line."];
  const ofRow = changes.find(({ change, to }) => change === "status_changed" && to !== statusIn(says));
  return [
    ...says.filter(({ change }) => change !== "cancelled").map(changeText),
    ...(ofRow ? [`The row: ${ofRow.from ?? "none"} → ${ofRow.to}.`] : []),
  ];
};

const lateText = (state: LoggedState): string[] =>
  isLate(state) ? ["It came late: a later event was handled before, so the row stayed as it was."] : [];

const gapText = ({ by, opened, closed }: PlacedState): Markup[] => {
  if (opened !== null)
    return [html`This showed that an event was missing since ${time(1000 * opened)}, so the order was assumed.`];
  // A heal says it by itself.
  return closed === null || by === "heal"
    ? []
    : [html`With this no event was missing any more (one was since ${time(1000 * closed)}).`];
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
  // An event that ends a subscription does not say what it was.
  status_changed: ({ from, to }) =>
    from === null ? `${isEnded({ status: `${to}` }) ? "ended" : "new"}, ${to}` : `${from} → ${to}`,
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
  // The time is that of its beginning, the status that of today.
  what: badge(`${kind}, now ${status}`, paymentTone(status)),
  details: [`${money(amount, currency)} of ${of.payment_id}`, ...(reason === null ? [] : [reason])],
  mark: {
    sign: kind === "refund" ? "↩" : "!",
    title: `${kind} ${shown(status)}: ${money(amount, currency)}`,
    tone: "warn",
  },
});
