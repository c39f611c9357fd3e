import type * as pulumi from "@pulumi/pulumi";
import { currentAccount } from "./infra/account.ts";
import { Alarms } from "./infra/monitoring/alarms.ts";
import { BillingBus } from "./infra/events/billing-bus.ts";
import { Dashboard } from "./infra/monitoring/dashboard.ts";
import { Queue } from "./infra/storage/queue.ts";
import { makeFunctions } from "./infra/processing/functions.ts";
import { makeRoutes } from "./infra/events/routes.ts";
import { ruleNames } from "./infra/events/rules.ts";
import { OperatorPolicy } from "./infra/access/operator-policy.ts";
import { Reconciliation } from "./infra/events/reconciliation.ts";
import { readSettings } from "./infra/settings.ts";
import { makeStateMachines } from "./infra/processing/state-machine.ts";
import { StripeBus } from "./infra/events/stripe-bus.ts";
import { stripeKey } from "./infra/storage/stripe-key.ts";
import { Tables } from "./infra/storage/tables.ts";

/** The program: Stripe's events on a bus, a rule and a state machine for each type, and the Lambdas and tables behind them. */
export default async () => {
  const settings = readSettings();
  const account = currentAccount();

  const tables = new Tables("tables", { ...settings, account });
  const functions = makeFunctions(tables, stripeKey("stripe-api-key"), settings);
  const names = ruleNames(settings, account);
  const ruleArns = [...names.own, ...names.forwarding].map(({ arn }) => arn);
  const deadLetters = new Queue("dead-letter-queue", { retain: settings.protectData, ruleArns });
  const parked = new Queue("parked", { retain: settings.protectData });
  const billingBus = new BillingBus("billing-bus", { ...settings, account });
  const machines = makeStateMachines({ ...settings, functions, billingBus, deadLetters, account });

  const bus = new StripeBus("stripe-webhook-bus", { ...settings, name: names.busName, account });
  const rules = makeRoutes({ names, bus, machines, deadLetters, account });
  new Reconciliation("reconcile", { ...settings, machine: machines.reconcile, deadLetters, account });
  const parts = { tables, functions, machines, rules, deadLetters, parked, account };
  const operator = new OperatorPolicy("operator", { ...parts, bus, sources: settings });
  const { arns: alarms } = new Alarms("alarms", { ...settings, ...parts });
  new Dashboard("dashboard", { ...parts, alarms });

  return {
    eventSource: settings.eventSource,
    bus: { name: bus.name, arn: bus.arn },
    archive: { name: bus.archive.name, arn: bus.archive.arn },
    billingBus: { name: billingBus.name, arn: billingBus.arn },
    rules: arnsOf(rules),
    stateMachines: arnsOf(machines),
    deadLetterQueue: { url: deadLetters.url, arn: deadLetters.arn },
    parkedQueue: { url: parked.url, arn: parked.arn },
    operatorPolicy: operator.arn,
    logGroups: Object.fromEntries(
      Object.entries({ ...functions, ...machines }).map(([name, { logGroup }]) => [name, logGroup.name]),
    ),
    tables: { core: tables.core.name, payments: tables.payments.name },
  };
};

const arnsOf = (parts: Record<string, { arn: pulumi.Output<string> }>) =>
  Object.fromEntries(Object.entries(parts).map(([name, { arn }]) => [name, arn]));
