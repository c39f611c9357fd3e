import type * as aws from "@pulumi/aws";
import type { Settings } from "../settings.ts";
import type { EventBus } from "../events/event-bus.ts";
import type { Tables } from "../storage/tables.ts";
import { Function } from "./function.ts";

/** The Lambdas, by their names: what each is given, and what it may do. */
export const makeFunctions = (tables: Tables, stripeKey: aws.ssm.Parameter, bus: EventBus, settings: Settings) => {
  const parts = { tables, stripeKey, bus };
  const prices = {
    MONTHLY_PRICES: JSON.stringify(settings.monthlyPrices),
    YEARLY_PRICES: JSON.stringify(settings.yearlyPrices),
  };
  return { ...handling(parts, prices, settings), ...asking(parts, prices, settings) };
};

type Prices = Record<"MONTHLY_PRICES" | "YEARLY_PRICES", string>;

interface Parts {
  tables: Tables;
  stripeKey: aws.ssm.Parameter;
  /** The bus that changes are published on. */
  bus: EventBus;
}

// Those that handle events.
const handling = ({ tables: { core, payments }, bus }: Parts, prices: Prices, settings: Settings) => {
  const { logRetentionDays, livemode } = settings;
  const publishing = { BILLING_BUS: bus.name };
  const usual = { memoryMegabytes: 512, logRetentionDays };
  return {
    "resolve-customer": new Function("resolve-customer", {
      ...usual,
      environment: { HOMEBIYORI_CORE: core.name, LIVEMODE: livemode, ...prices },
      tables: [
        { table: core, index: "GSI2", operations: ["Query"] },
        { table: core, operations: ["UpdateItem"] },
      ],
    }),
    "write-payment": new Function("write-payment", {
      ...usual,
      environment: { HOMEBIYORI_PAYMENTS: payments.name, ...publishing },
      tables: [{ table: payments, operations: ["Query", "UpdateItem"] }],
    }),
    "link-payment": new Function("link-payment", {
      ...usual,
      environment: { HOMEBIYORI_PAYMENTS: payments.name, LIVEMODE: livemode, ...publishing },
      tables: [{ table: payments, operations: ["UpdateItem"] }],
    }),
    "record-reversal": new Function("record-reversal", {
      ...usual,
      environment: { HOMEBIYORI_PAYMENTS: payments.name, LIVEMODE: livemode, ...publishing },
      tables: [{ table: payments, operations: ["UpdateItem"] }],
    }),
    "sync-subscription": new Function("sync-subscription", {
      ...usual,
      memoryMegabytes: 1024,
      environment: {
        HOMEBIYORI_CORE: core.name,
        ...prices,
        GAP_SECONDS: `${settings.gapMinutes * 60}`,
        ...publishing,
      },
      tables: [{ table: core, operations: ["GetItem", "UpdateItem"] }],
    }),
    "mark-published": new Function("mark-published", {
      ...usual,
      environment: { HOMEBIYORI_CORE: core.name, HOMEBIYORI_PAYMENTS: payments.name },
      tables: [
        { table: core, operations: ["UpdateItem"] },
        { table: payments, operations: ["UpdateItem"] },
      ],
    }),
  };
};

// Those that ask Stripe: they wait for its answers, and compare a whole page at a time.
const asking = ({ tables: { core, payments }, stripeKey, bus }: Parts, prices: Prices, settings: Settings) => {
  const usual = {
    memoryMegabytes: 1024,
    timeoutSeconds: 60,
    secrets: [stripeKey],
    logRetentionDays: settings.logRetentionDays,
  };
  const stripe = { LIVEMODE: settings.livemode, STRIPE_KEY_PARAMETER: stripeKey.name, BILLING_BUS: bus.name };
  return {
    "close-gap": new Function("close-gap", {
      ...usual,
      environment: { HOMEBIYORI_CORE: core.name, ...stripe, ...prices },
      tables: [{ table: core, operations: ["GetItem", "UpdateItem"] }],
    }),
    "compare-page": new Function("compare-page", {
      ...usual,
      environment: {
        HOMEBIYORI_CORE: core.name,
        HOMEBIYORI_PAYMENTS: payments.name,
        RECONCILE_DAYS: `${settings.reconcileDays}`,
        PACE_SECONDS: `${settings.reconcilePaceSeconds}`,
        ...stripe,
        ...prices,
      },
      tables: [
        { table: core, index: "GSI2", operations: ["Query"] },
        { table: core, operations: ["GetItem", "UpdateItem"] },
        { table: payments, operations: ["GetItem", "Query", "UpdateItem"] },
      ],
      buses: [bus],
    }),
  };
};
