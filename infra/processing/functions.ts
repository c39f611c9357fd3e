import type { Settings } from "../settings.ts";
import type { Tables } from "../storage/tables.ts";
import { Function } from "./function.ts";

/** The Lambdas, by their names: what each is given, and what it may do. */
export const makeFunctions = ({ core, payments }: Tables, settings: Settings) => {
  const { logRetentionDays, livemode } = settings;
  const usual = { memoryMegabytes: 512, logRetentionDays };
  const prices = {
    MONTHLY_PRICES: JSON.stringify(settings.monthlyPrices),
    YEARLY_PRICES: JSON.stringify(settings.yearlyPrices),
  };
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
      environment: { HOMEBIYORI_PAYMENTS: payments.name },
      tables: [{ table: payments, operations: ["Query", "UpdateItem"] }],
    }),
    "link-payment": new Function("link-payment", {
      ...usual,
      environment: { HOMEBIYORI_PAYMENTS: payments.name, LIVEMODE: livemode },
      tables: [{ table: payments, operations: ["UpdateItem"] }],
    }),
    "sync-subscription": new Function("sync-subscription", {
      ...usual,
      memoryMegabytes: 1024,
      environment: {
        HOMEBIYORI_CORE: core.name,
        ...prices,
        GAP_SECONDS: `${settings.gapMinutes * 60}`,
      },
      tables: [{ table: core, operations: ["GetItem", "UpdateItem"] }],
    }),
  };
};
