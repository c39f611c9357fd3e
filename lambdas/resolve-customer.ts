import { env } from "./runtime/env.ts";
import { CustomerNotFound } from "./runtime/errors.ts";
import { handle } from "./runtime/handle.ts";
import type { Log } from "./runtime/log.ts";
import { emitMetrics } from "./runtime/metric.ts";
import { parse } from "./runtime/parse.ts";
import type { ResolvedCustomer } from "./runtime/resolved-customer.ts";
import { Owned } from "./stripe/owner.ts";
import { envelope } from "./stripe/stripe-event.ts";
import { type Customers, customersTable } from "./subscriptions/customers-table.ts";
import { findUser, type OwnerSettings } from "./subscriptions/find-user.ts";
import { planPricesFrom } from "./subscriptions/plan.ts";

const Event = envelope(Owned);

/**
 * Says whose an event is: the user of its Stripe customer, or else the one that its subscription's metadata names.
 *
 * @throws {InvalidEvent} for what is no invoice or subscription of Stripe's.
 * @throws {CustomerNotFound} where neither knows a user.
 */
export const resolveCustomer =
  (customers: Customers, settings: OwnerSettings) =>
  async (event: unknown, log: Log): Promise<ResolvedCustomer> => {
    const { detail } = parse(event, Event);
    const { object, previous_attributes: previous } = detail.data;
    const found = await findUser(customers, settings)(object, detail, previous ?? {});
    const { outcome, userId, customerId, subscriptionId, reason } = found;
    // Counted for a known user too: prices that are configured under a wrong id show in it.
    if (found.isForeign) emitMetrics({ NoneOfOurs: 1 });
    if (outcome === "unknown") throw new CustomerNotFound(`${reason}`);
    if (outcome !== "found") log.info("Nothing is written", { outcome, reason });
    if (userId !== null && customerId !== null && !found.isLinked) await customers.link(userId, customerId);
    return { outcome, userId, customerId, subscriptionId, reason };
  };

export const handler = (input: unknown) =>
  handle(
    input,
    resolveCustomer(customersTable(env("HOMEBIYORI_CORE")), {
      liveOnly: env("LIVEMODE") !== "any",
      sold: planPricesFrom(env),
    }),
  );
