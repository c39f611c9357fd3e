import * as pulumi from "@pulumi/pulumi";
import {
  array,
  boolean,
  define,
  enums,
  is,
  nonempty,
  object,
  optional,
  pattern,
  string,
  validate,
  type Infer,
  type Struct,
} from "superstruct";
import { testSource } from "./test-source.ts";

// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
const retentions = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

const partnerSource = /^aws\.partner\/stripe\.com\/ed_[A-Za-z0-9_]+$/;

// https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
const schedule = /^(cron\(\S+( \S+){5}\)|rate\([1-9]\d* (minute|hour|day)s?\))$/;

// What the timeouts of heal-subscription and of reconcile leave room for.
const maxGapMinutes = 1440;
const maxPaceSeconds = 60;

const expected = {
  eventSource: `Stripe's partner source, "aws.partner/stripe.com/ed_…", or, in any stack but prod, "${testSource}"`,
  formerEventSource: `Stripe's partner source, "aws.partner/stripe.com/ed_…"`,
  livemode: '"live", or, in any stack but prod, "any"',
  coreTableName: "the name of a table: 3 to 255 letters, digits, and _ . -",
  paymentsTableName: "the name of a table: 3 to 255 letters, digits, and _ . -",
  createCoreTable: "true, or false where the product's core table exists",
  monthlyPrices: 'a list of Stripe prices, ["price_…"]',
  yearlyPrices: 'a list of Stripe prices, ["price_…"]',
  gapMinutes: "a whole number of minutes, from 1 to 1440",
  reconcileSchedule:
    'when rows are compared with Stripe, in UTC: "cron(…)" or "rate(…)" as EventBridge Scheduler has them',
  reconcileDays: "a whole number of days, at least 1",
  reconcilePaceSeconds: "a whole number of seconds, from 1 to 60",
  archiveDays: "a whole number of days, at least 1",
  logRetentionDays: `a number of days that CloudWatch knows: ${retentions.join(", ")}`,
  logExecutionData: "true or false",
  stateMachineLogLevel: "ALL, ERROR, FATAL or OFF",
  busLogLevel: "TRACE, INFO, ERROR or OFF",
  protectData: "true or false",
  alarmEmail: "an e-mail address",
  "aws:allowedAccountIds": 'the number of the account to deploy to, ["123456789012"]; prod must have it',
} as const;

const isProd = (): boolean => pulumi.getStack() === "prod";

const TableName = pattern(string(), /^[A-Za-z0-9_.-]{3,255}$/);
const AccountIds = nonempty(array(pattern(string(), /^\d{12}$/)));
const Prices = array(pattern(string(), /^(price|plan)_\w+$/));

const wholeNumber = (allowed: (value: number) => boolean): Struct<number, null> =>
  define("number", (value) => typeof value === "number" && Number.isInteger(value) && allowed(value));

const Settings = object({
  eventSource: define<string>(
    "source",
    (value) => typeof value === "string" && (partnerSource.test(value) || (value === testSource && !isProd())),
  ),
  formerEventSource: optional(pattern(string(), partnerSource)),
  livemode: define<"live" | "any">("mode", (value) => value === "live" || (value === "any" && !isProd())),
  coreTableName: optional(TableName),
  paymentsTableName: optional(TableName),
  createCoreTable: boolean(),
  monthlyPrices: Prices,
  yearlyPrices: Prices,
  gapMinutes: wholeNumber((minutes) => minutes >= 1 && minutes <= maxGapMinutes),
  reconcileSchedule: pattern(string(), schedule),
  reconcileDays: wholeNumber((days) => days >= 1),
  reconcilePaceSeconds: wholeNumber((seconds) => seconds >= 1 && seconds <= maxPaceSeconds),
  archiveDays: wholeNumber((days) => days >= 1),
  logRetentionDays: wholeNumber((days) => retentions.includes(days)),
  logExecutionData: boolean(),
  stateMachineLogLevel: enums(["ALL", "ERROR", "FATAL", "OFF"]),
  busLogLevel: enums(["TRACE", "INFO", "ERROR", "OFF"]),
  protectData: boolean(),
  alarmEmail: optional(pattern(string(), /^[^\s@]+@[^\s@]+\.[^\s@]+$/)),
  // Pulumi's own: its provider refuses to do anything in another account.
  "aws:allowedAccountIds": define<string[] | undefined>("accounts", (value) =>
    value === undefined ? !isProd() : is(value, AccountIds),
  ),
});

/** The configuration of a stack; Pulumi.yaml says what each key is for. */
export type Settings = Infer<typeof Settings>;

/** Whether events come from Stripe to a stack. */
export const hasStripe = ({
  eventSource,
  formerEventSource,
}: Pick<Settings, "eventSource" | "formerEventSource">): boolean =>
  eventSource !== testSource || formerEventSource !== undefined;

/** Reads the configuration of the stack, and refuses it with all of its mistakes at once. */
export const readSettings = (): Settings => {
  const prefix = `${pulumi.getProject()}:`;
  const own = Object.entries(pulumi.runtime.allConfig()).filter(
    ([key]) => key.startsWith(prefix) || key === "aws:allowedAccountIds",
  );
  const values = Object.fromEntries(own.map(([key, text]) => valueOf(key.replace(prefix, ""), text)));
  const [error, settings] = validate(values, Settings);
  if (!error) return settings;
  const mistakes = new Map(error.failures().map(({ path }) => [`${path[0]}`, mistake(`${path[0]}`, values)]));
  throw new pulumi.RunError(
    `The configuration of stack ${pulumi.getStack()} has mistakes:\n${[...mistakes.values()].join("\n")}`,
  );
};

const mistake = (key: string, values: Record<string, unknown>): string => {
  const given = key in values ? `is ${JSON.stringify(values[key])}` : "is not set";
  const wanted = Object.entries(expected).find(([known]) => known === key)?.[1];
  if (!wanted) return `  ${key}: there is no such setting; there are ${Object.keys(expected).join(", ")}`;
  return `  ${key} ${given}; expected ${wanted}`;
};

// Pulumi hands every value over as text, and what is no string as JSON. A table may be called 123 or true.
const valueOf = (key: string, text: string): [string, unknown] => {
  if (key.endsWith("TableName")) return [key, text];
  try {
    return [key, JSON.parse(text)];
  } catch {
    return [key, text];
  }
};
