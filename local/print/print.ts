import { styleText } from "node:util";
import type { AlarmChange } from "../../emulator/cloudwatch/alarms.ts";
import { counted } from "../../ops/terminal/counted.ts";
import { escapeText } from "../../ops/terminal/escape.ts";
import type { Outcome } from "./outcome.ts";
import { paymentsIn } from "./payments-in.ts";
import type { Dump } from "../runner.ts";
import type { StripeEnvelope } from "../stripe-envelope.ts";
import { besideOrBelow, cutLine, wrapText } from "../../ops/terminal/fit.ts";
import { formatDuration } from "../../ops/terminal/format-duration.ts";
import { publishedText } from "../../ops/terminal/published-text.ts";
import { tableOf } from "../../ops/terminal/table.ts";

type Colour = Parameters<typeof styleText>[0];

const colours: Record<Outcome["outcome"], Colour> = {
  applied: "green",
  duplicate: "gray",
  stale: "gray",
  skipped: "gray",
  unmatched: "gray",
  refused: "yellow",
  "dead-letter": "red",
  lost: "red",
  healed: "green",
  closed: "gray",
  unknown: "yellow",
  reconciled: "green",
};

/** The line of an event: its id, type, outcome, duration, retries and states; and below it what was written and published, or why it failed. */
export const lineOf = ({
  eventId,
  type,
  outcome,
  states,
  retries,
  written,
  published,
  error,
  ms,
  again,
  source,
  changes = [],
}: Outcome): string => {
  // A failed event has gone through more states than a line holds.
  const path = states.join(" > ");
  // The ids and types of Stripe's events fill these columns, and the whole is as wide as a terminal of 80 columns. Two types are longer:
  // most outcomes are shorter.
  const heading = [
    escapeText(eventId).padEnd(28),
    escapeText(type).padEnd(29),
    styleText(colours[outcome], outcome.padEnd(40 - Math.max(29, type.length))),
    styleText("gray", formatDuration(ms).padStart(6)),
  ].join("  ");
  const beside = [again ?? "", retries > 0 ? countedRetries(retries) : "", error ? "" : path]
    .filter(Boolean)
    .join("  ");
  const below = [
    error ? wrapText(path, 2) : "",
    wrapText(escapeText(written.join(", ")), 2),
    ...publishedLines(published).map((line) => wrapText(escapeText(line), 4)),
    wrapText(escapeText(changes.map(({ change, from, to }) => `${change} ${from} → ${to}`).join(", ")), 2),
    source === undefined ? "" : wrapText(escapeText(`no rule takes events of ${source}`), 2),
    error ? styleText(colours[outcome], wrapText(escapeText(`${error.name}: ${error.message}`), 2)) : "",
  ];
  return [beside ? besideOrBelow(heading, beside) : heading, ...below.filter(Boolean)].join("\n  ");
};

// A reconciliation may publish as many events as there are rows.
const maxPublished = 20;

const publishedLines = (events: Outcome["published"]): string[] => {
  const lines = events.map((event) => `→ ${publishedText(event)}`);
  const left = lines.length - maxPublished;
  return left > 0 ? [...lines.slice(0, maxPublished), `→ … and ${left} more`] : lines;
};

const countedRetries = (count: number): string => (count === 1 ? "1 retry" : `${count} retries`);

/** The line of an alarm that went off or is over. */
export const alarmLineOf = ({ name, state, reason }: AlarmChange): string =>
  besideOrBelow(`${styleText(state === "ALARM" ? "red" : "green", state)} ${name}:`, reason, " ");

// The most important first, as a narrow terminal shows no more.
const subscriptionColumns = [
  "user_id",
  "status",
  "plan",
  "current_period_end",
  "subscription_id",
  "cancel_at_period_end",
  "ended_at",
  "order",
];
const paymentColumns = [
  "stripe_invoice_id",
  "status",
  "amount",
  "refunded_amount",
  "currency",
  "created_at",
  "user_id",
  "failure_reason",
  "expires_at",
];

/** The newest rows of both tables as a person reads them: payments with their refunds and disputes, the most important columns, times as dates. */
export const rowsOf = ({ core, payments }: Pick<Dump, "core" | "payments">): string => {
  const subscriptions = core.filter(({ stripe_version: version }) => version !== undefined);
  const isPaused = subscriptions.some(({ pause_collection: pause }) => typeof pause === "string");
  const columns = [...subscriptionColumns, ...(isPaused ? ["pause_collection"] : [])];
  const newestLast = paymentsIn(payments).toSorted((a, b) => a.created_at - b.created_at);
  return [
    newestOf(`Subscriptions (${subscriptions.length})`, subscriptions, columns),
    newestOf(`Payments (${newestLast.length})`, newestLast, paymentColumns),
  ].join("\n\n");
};

/** The line of an event that is lost on its way, on purpose. */
export const lostLineOf = ({ detail: { id, type } }: Pick<StripeEnvelope, "detail">): string =>
  [escapeText(id).padEnd(28), escapeText(type).padEnd(29), styleText("gray", "lost on its way, on purpose")].join("  ");

/** The totals of a session. */
export interface Totals {
  counts: ReadonlyMap<string, number>;
  /** How many heals and reconciliations had each outcome. */
  background: ReadonlyMap<string, number>;
  /** How many events of each type were published. */
  published: ReadonlyMap<string, number>;
  seconds: number;
  metrics: ReadonlyMap<string, number>;
  /** How many customers got a placeholder user. */
  placeholders: number;
  /** Those that are on. */
  alarms: string[];
  /** The faults that were not injected. */
  untriggered: string[];
}

/** How many events had each outcome, how many were published, the Lambdas' metrics, the alarms that are on, the faults that were not injected, and how many users are placeholders, on a line each. */
export const summaryOf = ({
  counts,
  background,
  published,
  seconds,
  metrics,
  placeholders,
  alarms,
  untriggered,
}: Totals): string => {
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const outcomes = countsText(counts) || "none";
  const sums = [...metrics].map(([name, value]) => `${name} ${value}`).join(", ");
  const lines = [
    `${counted(total, "event")} in ${seconds.toFixed(1)} s: ${outcomes}`,
    background.size > 0 && `In the background: ${countsText(background)}`,
    published.size > 0 && `Published: ${countsText(published)}`,
    sums && `Metrics: ${sums}`,
    ...(alarms.length > 0 ? ["In alarm:", ...alarms.map((alarm) => `  ${alarm}`)] : []),
    ...untriggered.map((fault) => `Fault ${fault} was never injected`),
    placeholders > 0 &&
      `${counted(placeholders, "customer")} got a placeholder user, user_<customer id>, as no event names one (--items gives your own)`,
  ];
  return lines
    .flatMap((line) => line || [])
    .map((line) => wrapText(line, 2))
    .join("\n");
};

const countsText = (counts: ReadonlyMap<string, number>): string =>
  [...counts].map(([outcome, count]) => `${count} ${outcome}`).join(", ");

const maxRows = 20;

const newestOf = (title: string, items: object[], columns: string[]): string => {
  const left = items.length - maxRows;
  const more = left > 0 ? [`  … after ${left} more (--dump <file> writes all)`] : [];
  const rows = items.length > 0 ? [tableOf(items.slice(-maxRows), columns, cutLine)] : [];
  return [styleText("bold", title), ...more, ...rows].join("\n");
};
