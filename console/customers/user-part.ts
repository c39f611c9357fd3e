import { html } from "hono/html";
import type { UserRecords } from "../../ops/show/read-users.ts";
import type { LoggedState } from "../../ops/show/subscription-history.ts";
import { accessOf } from "../../lambdas/ledger/subscription-state.ts";
import type { SubscriptionRecord } from "../../records/records.ts";
import { type Cell, definitions, table } from "../html/parts.ts";
import { badge, eventLink, inAddress, link, type Markup, shown, time } from "../html/text.ts";
import { bandsOf } from "./bands.ts";
import { type Entry, loggedEntries, recordedEntries } from "./entries.ts";
import { lifeBar } from "./life-bar.ts";
import { inStripesOrder, type PlacedState } from "./placed-states.ts";
import { statusText, statusTone } from "./status.ts";

const access = ["no", "yes, as a grace period", "yes"];

const orders = {
  certain: [badge("certain", "good"), "No other order of the events is possible."],
  assumed: [badge("assumed", "warn"), "Another order of the events is possible, so that the state may be another."],
};

const timeOf = (seconds: number | null, otherwise: string | null = null) =>
  seconds === null ? otherwise : time(1000 * seconds);

const between = (from: number | null, to: number | null): Markup | null =>
  from === null && to === null ? null : html`${timeOf(from, "–")} – ${timeOf(to, "–")}`;

/** The subscription as it is. */
export const subscriptionPart = (subscription: SubscriptionRecord): Markup => {
  const { status, plan, price_id: price, pause_collection: pause, gap_since: gap, ended_at: ended } = subscription;
  const { current_period_end: periodEnd, trial_end: trialEnd, customer_id: customer } = subscription;
  const [order, orderText] = orders[subscription.order];
  const scheduled = subscription.cancel_at ?? (subscription.cancel_at_period_end ? periodEnd : null);
  const resumes = timeOf(subscription.pause_resumes_at, "it is resumed");
  return definitions([
    ["Status", html`${badge(status, statusTone(status))} – ${statusText(status)}`],
    ["Access", access[accessOf(subscription)] ?? null],
    ["Plan", `${plan ?? "unknown"}${price === null ? "" : ` (${price})`}`],
    ["Period", between(subscription.current_period_start, periodEnd)],
    ["Trial", trialEnd === null ? null : between(subscription.trial_start, trialEnd)],
    ["To be cancelled", ended === null ? timeOf(scheduled) : null],
    ["Cancelled", timeOf(subscription.canceled_at)],
    ["Ended", timeOf(ended)],
    ["Collection", pause === null ? null : html`paused (${shown(pause)}), until ${resumes}`],
    ["Order", html`${order} – ${orderText}`],
    ["Missing", gap === null ? "No event is missing." : html`An event is missing since ${timeOf(gap)}.`],
    ["As of", timeOf(subscription.updated_at)],
    ["Subscription", subscription.subscription_id],
    ["Customer", customer === null ? null : link(`/?customer=${inAddress(customer)}`, customer)],
    ["User", subscription.user_id],
  ]);
};

/** What is known of a user's subscriptions over time. */
export interface LifeArgs extends UserRecords {
  /** What the logs say; or why they could not be read. */
  history: LoggedState[] | { problem: string };
  /** Since when the logs were searched. */
  since: Date;
  /** Milliseconds since 1970. */
  now: number;
}

/** The life of each subscription of a user as a bar, and what happened in it as a table. */
export const lifePart = (args: LifeArgs): Markup => {
  const { history, payments, since } = args;
  const states = Array.isArray(history) ? inStripesOrder(history) : [];
  const entries = [...loggedEntries(states), ...recordedEntries(payments)].toSorted((a, b) => a.time - b.time);
  const ids = [...new Set([...states, ...entries].flatMap(({ subscriptionId }) => subscriptionId ?? []))].toReversed();
  const isOf = (id: string) => (one: { subscriptionId: string | null }) => one.subscriptionId === id;
  const bars = ids.map((id) => barOf(id, states.filter(isOf(id)), entries.filter(isOf(id)), args));
  return html`${bars} ${bars.length > 0 && html`<p class="hint">✓ paid, ✕ a payment failed, ↩ refunded, ! disputed</p>`}
    <p class="hint">${reachText(history, since)}</p>
    ${table("What happened, the newest first", ["When", "What", "Details", "Event"], entries.toReversed().map(entryRow))}`;
};

const barOf = (id: string, states: PlacedState[], entries: Entry[], { subscription, now }: LifeArgs): Markup => {
  const current = subscription?.subscription_id === id ? subscription : null;
  const times = [...entries, ...states].map((one) => one.time);
  const [begin, last] = [Math.min(...times), Math.max(...times)];
  // Beyond its end a little is shown of it.
  const afterEnd = last + Math.ceil((last - begin) / 12);
  const end = current?.ended_at === null ? Math.max(last, Math.floor(now / 1000)) : afterEnd;
  const bands = bandsOf(states, { begin, end, status: current?.status ?? null });
  const marks = entries.flatMap(({ mark, time: when }) => (mark ? { ...mark, time: when } : []));
  return html`<h3>${shown(id)}</h3>
    ${lifeBar({ title: `The life of ${shown(id)}`, bands, marks, begin, end })}
    ${!bands.every(({ isKnown }) => isKnown) && html`<p class="hint">${notKnownText}</p>`}`;
};

const notKnownText =
  "Dashed: what the status was is not known, as an event of that time is missing, or its log line does not say it.";

const reachText = (history: LifeArgs["history"], since: Date): Markup => {
  if (!Array.isArray(history)) return html`What the logs say is not shown: ${shown(history.problem)}`;
  const searched = time(since.getTime());
  const [first] = history;
  if (!first) return html`The logs say nothing of the subscription since ${searched}: only payments are known.`;
  return html`The changes of the subscription are from the logs, searched back to ${searched}; the first that they have
  was handled at ${time(first.at)}. Times in the table are Stripe's where it says them, else those of the log.`;
};

const entryRow = ({ time: when, loggedAt, what, details, eventId }: Entry): Cell[] => [
  loggedAt === null ? time(1000 * when) : html`logged ${time(loggedAt)}`,
  what,
  html`${details.map((detail) => html`<div>${typeof detail === "string" ? shown(detail) : detail}</div>`)}`,
  eventId === null ? "" : eventLink(eventId),
];
