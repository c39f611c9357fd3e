import { styleText } from "node:util";
import type { AlarmChange } from "./alarms.ts";
import type { Outcome } from "./outcome.ts";
import type { Dump } from "./runner.ts";
import { tableOf } from "./table.ts";

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
};

/** The line of an event: its id, type, outcome, states, what was written, and how long it took. */
export const lineOf = ({ eventId, type, outcome, states, written, error, ms }: Outcome): string => {
  const parts = [
    eventId.padEnd(20),
    type.padEnd(30),
    styleText(colours[outcome], outcome.padEnd(11)),
    styleText("gray", `${ms.toFixed(1).padStart(6)} ms`),
    states.join(" > "),
    written.join(", "),
    error ? styleText(colours[outcome], `${error.name}: ${error.message}`) : "",
  ];
  return parts.filter(Boolean).join("  ");
};

/** The line of an alarm that went off or is over. */
export const alarmLineOf = ({ name, state, reason }: AlarmChange): string =>
  `${styleText(state === "ALARM" ? "red" : "green", state)} ${name}: ${reason}`;

const subscriptionColumns = [
  "user_id",
  "subscription_id",
  "status",
  "plan",
  "current_period_end",
  "cancel_at_period_end",
  "ended_at",
  "order",
];
const paymentColumns = [
  "user_id",
  "stripe_invoice_id",
  "status",
  "amount",
  "currency",
  "created_at",
  "failure_reason",
  "expires_at",
];

/** The rows of both tables as a person reads them: the columns that say most, with times as dates. */
export const rowsOf = ({ core, payments, deadLetters }: Omit<Dump, "parked">): string => {
  const subscriptions = core.filter(({ stripe_version: version }) => version !== undefined);
  const newestLast = payments.toSorted((a, b) => Number(a["created_at"]) - Number(b["created_at"]));
  return [
    newestOf(`Subscriptions (${subscriptions.length})`, subscriptions, subscriptionColumns),
    newestOf(`Payments (${payments.length})`, newestLast, paymentColumns),
    styleText("bold", `Dead letters (${deadLetters.length})`),
  ].join("\n\n");
};

/** What a session has to tell at its end. */
export interface Totals {
  counts: ReadonlyMap<string, number>;
  seconds: number;
  metrics: ReadonlyMap<string, number>;
  /** For how many customers users were made up. */
  madeUp: number;
  /** Those that are on. */
  alarms: string[];
}

/** How many events had each outcome, what Lambdas counted, which alarms are on, and whether users were made up, on a line each. */
export const summaryOf = ({ counts, seconds, metrics, madeUp, alarms }: Totals): string => {
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const outcomes = [...counts].map(([outcome, count]) => `${count} ${outcome}`).join(", ") || "none";
  const counted = [...metrics].map(([name, value]) => `${name} ${value}`).join(", ");
  const lines = [
    `${total} events in ${seconds.toFixed(1)} s: ${outcomes}`,
    counted && `Metrics: ${counted}`,
    alarms.length > 0 && `In alarm: ${alarms.join(", ")}`,
    madeUp > 0 &&
      `Users were made up for ${madeUp} customers: user_<customer id> where no event names one (--seed gives your own)`,
  ];
  return lines.filter(Boolean).join("\n");
};

const mostRows = 20;

const newestOf = (title: string, items: Record<string, unknown>[], columns: string[]): string => {
  const left = items.length - mostRows;
  const more = left > 0 ? [`  … after ${left} more (--dump <file> writes all)`] : [];
  const rows = items.length > 0 ? [tableOf(items.slice(-mostRows), columns)] : [];
  return [styleText("bold", title), ...more, ...rows].join("\n");
};
