import { html } from "hono/html";
import type { UserRecords } from "../../ops/show/read-users.ts";
import type { LoggedState } from "../../ops/show/subscription-history.ts";
import { accessOf } from "../../lambdas/ledger/subscription-state.ts";
import type { SubscriptionRecord } from "../../records/records.ts";
import { bandsOf } from "../customers/bands.ts";
import { type Entry, loggedEntries, recordedEntries } from "../customers/entries.ts";
import { lifeBar } from "../customers/life-bar.ts";
import { inStripesOrder } from "../customers/placed-states.ts";
import { statusText, statusTone } from "../customers/status.ts";
import { paymentsPart } from "../customers/payments-part.ts";
import { definitions } from "../html/definitions.ts";
import { table } from "../html/table.ts";
import { badge, type Markup, shown, time } from "../html/text.ts";

/** What is shown of a user. */
export interface CustomerPageArgs extends UserRecords {
  /** What the logs say; or why they could not be read. */
  history: LoggedState[] | { problem: string };
  /** Since when the logs were searched. */
  since: Date;
  /** Milliseconds since 1970. */
  now: number;
  /** The address of a page with more payments. */
  moreAddress: string;
  /** The newest events of the customer. */
  events: Markup;
}

/** The page of a user: the subscription as it is, its life, and the payments. */
export const customerPage = (args: CustomerPageArgs): Markup => html`
  <h2>The subscription</h2>
  ${args.subscription ? subscriptionPart(args.subscription) : html`<p>No subscription is recorded.</p>`}
  <h2>Its life</h2>
  ${lifePart(args)}
  <h2>Payments</h2>
  ${paymentsPart(args)}
  <h2>The newest events</h2>
  ${args.events}
`;

const access = ["No access", "Access, as a grace period", "Access"];

const orders = {
  certain: "No other order of the events is possible.",
  assumed: "Another order of the events is possible, so that the state may be another.",
};

const at = (seconds: number | null): Markup | null => (seconds === null ? null : time(1000 * seconds));

const subscriptionPart = (subscription: SubscriptionRecord): Markup => {
  const { status, plan, price_id: price, cancel_at_period_end: ends, pause_collection: pause } = subscription;
  const {
    current_period_start: from,
    current_period_end: to,
    trial_start: trialFrom,
    trial_end: trialTo,
  } = subscription;
  const scheduled = subscription.cancel_at ?? (ends ? to : null);
  const customer = subscription.customer_id;
  return definitions([
    ["Status", html`${badge(status, statusTone(status))} – ${statusText(status)}`],
    ["Access", access[accessOf(subscription)] ?? null],
    ["Plan", `${plan ?? "unknown"}${price === null ? "" : ` (${price})`}`],
    ["Period", from === null && to === null ? null : html`${at(from) ?? "–"} – ${at(to) ?? "–"}`],
    ["Trial", trialTo === null ? null : html`${at(trialFrom) ?? "–"} – ${at(trialTo)}`],
    ["To be cancelled", subscription.ended_at === null ? at(scheduled) : null],
    ["Cancelled", at(subscription.canceled_at)],
    ["Ended", at(subscription.ended_at)],
    [
      "Collection",
      pause === null
        ? null
        : html`paused (${shown(pause)}), until ${at(subscription.pause_resumes_at) ?? "it is resumed"}`,
    ],
    [
      "Order",
      html`${badge(subscription.order, subscription.order === "certain" ? "good" : "warn")} –
      ${orders[subscription.order]}`,
    ],
    [
      "Missing",
      subscription.gap_since === null
        ? "No event is missing."
        : html`An event is missing since ${at(subscription.gap_since)}.`,
    ],
    ["As of", at(subscription.updated_at)],
    ["Subscription", subscription.subscription_id],
    [
      "Customer",
      customer === null ? null : html`<a href="/?customer=${encodeURIComponent(customer)}">${shown(customer)}</a>`,
    ],
    ["User", subscription.user_id],
  ]);
};

const lifePart = ({ history, payments, subscription, since, now }: CustomerPageArgs): Markup => {
  const isRead = Array.isArray(history);
  const states = isRead ? inStripesOrder(history) : [];
  const entries = [...loggedEntries(states), ...recordedEntries(payments)].toSorted((a, b) => a.time - b.time);
  const ids = [...new Set([...states, ...entries].flatMap(({ subscriptionId }) => subscriptionId ?? []))].toReversed();
  const bars = ids.map((id) => {
    const own = entries.filter(({ subscriptionId }) => subscriptionId === id);
    const status = subscription?.subscription_id === id ? subscription.status : null;
    const isOver = subscription?.subscription_id !== id || subscription.ended_at !== null;
    const times = [...own, ...states.filter(({ subscriptionId }) => subscriptionId === id)].map((one) => one.time);
    const [begin, last] = [Math.min(...times), Math.max(...times)];
    // Beyond its end a little is shown of it.
    const end = isOver ? last + Math.ceil((last - begin) / 12) : Math.max(last, Math.floor(now / 1000));
    const bands = bandsOf(
      states.filter(({ subscriptionId }) => subscriptionId === id),
      { begin, end, status },
    );
    const marks = own.flatMap(({ mark, time: when }) => (mark ? { ...mark, time: when } : []));
    return html`<h3>${shown(id)}</h3>
      ${lifeBar({ title: `The life of ${shown(id)}`, bands, marks, begin, end })}
      ${bands.every(({ isKnown }) => isKnown) ? "" : html`<p class="hint">${notKnownText}</p>`}`;
  });
  return html`${bars}
    ${bars.length > 0 ? html`<p class="hint">✓ paid, ✕ a payment failed, ↩ refunded, ! disputed</p>` : ""}
    <p class="hint">${reachText(history, since)}</p>
    ${entries.length > 0 ? table("What happened, the newest first", ["When", "What", "Details", "Event"], entries.toReversed().map(entryRow)) : ""}`;
};

const notKnownText =
  "Dashed: what the status was is not known, as an event of that time is missing, or its log line does not say it.";

const reachText = (history: CustomerPageArgs["history"], since: Date): Markup => {
  if (!Array.isArray(history)) return html`What the logs say is not shown: ${shown(history.problem)}`;
  const [first] = history;
  if (!first)
    return html`The logs say nothing of the subscription since ${time(since.getTime())}: only payments are known.`;
  return html`The logs are searched since ${time(since.getTime())}, and begin at ${time(first.at)}; of the time before
  only payments are known. Times are Stripe's where it says them, else those of the log.`;
};

const entryRow = ({ time: when, loggedAt, what, details, eventId }: Entry): (Markup | string)[] => [
  loggedAt === null ? time(1000 * when) : html`logged ${time(loggedAt)}`,
  what,
  html`${details.map((detail, index) => html`${index > 0 ? html`<br />` : ""}${typeof detail === "string" ? shown(detail) : detail}`)}`,
  eventId === null ? "" : html`<a href="/events/${encodeURIComponent(eventId)}">${shown(eventId)}</a>`,
];
