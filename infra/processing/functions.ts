import * as pulumi from "@pulumi/pulumi";
import { Function } from "./function.ts";
import type { Settings } from "../settings.ts";
import type { Tables } from "../storage/tables.ts";

/** The Lambdas, by their names: what each is given, and what it may do. */
export const makeFunctions = (tables: Tables, settings: Settings) => {
  const { core, payments } = tables;
  const { logRetentionDays, livemode } = settings;

  const resolveCustomer = new Function("resolve-customer", {
    environment: { HOMEBIYORI_CORE: core.name, LIVEMODE: livemode },
    memoryMegabytes: 512,
    allow: [{ Action: "dynamodb:Query", Resource: pulumi.interpolate`${core.arn}/index/GSI2` }],
    logRetentionDays,
  });

  const writePayment = new Function("write-payment", {
    environment: { HOMEBIYORI_PAYMENTS: payments.name },
    memoryMegabytes: 512,
    allow: [{ Action: "dynamodb:UpdateItem", Resource: payments.arn }],
    logRetentionDays,
  });

  const linkPayment = new Function("link-payment", {
    environment: { HOMEBIYORI_PAYMENTS: payments.name, LIVEMODE: livemode },
    memoryMegabytes: 512,
    allow: [{ Action: "dynamodb:UpdateItem", Resource: payments.arn }],
    logRetentionDays,
  });

  const syncSubscription = new Function("sync-subscription", {
    environment: {
      HOMEBIYORI_CORE: core.name,
      MONTHLY_PRICES: JSON.stringify(settings.monthlyPrices),
      YEARLY_PRICES: JSON.stringify(settings.yearlyPrices),
      GAP_SECONDS: `${settings.gapMinutes * 60}`,
    },
    memoryMegabytes: 1024,
    allow: [{ Action: ["dynamodb:GetItem", "dynamodb:UpdateItem"], Resource: core.arn }],
    logRetentionDays,
  });

  return {
    "resolve-customer": resolveCustomer,
    "write-payment": writePayment,
    "link-payment": linkPayment,
    "sync-subscription": syncSubscription,
  };
};
