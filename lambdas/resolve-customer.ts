import { env } from "./runtime/env.ts";
import { CustomerNotFound } from "./runtime/errors.ts";
import { handle } from "./runtime/handle.ts";
import type { Log } from "./runtime/log.ts";
import { emitMetrics } from "./runtime/metric.ts";
import { parse } from "./runtime/parse.ts";
import type { ResolvedCustomer } from "./runtime/resolved-customer.ts";
import { rejectTestMode, skipConnectedAccount } from "./stripe/origin.ts";
import { Owned, ownerOf } from "./stripe/owner.ts";
import { envelope } from "./stripe/stripe-event.ts";
import { type Customers, customersTable } from "./subscriptions/customers-table.ts";
import { isNoneOfOurs, type PlanPrices, planPricesFrom } from "./subscriptions/plan.ts";

const Event = envelope(Owned);

/** What `resolve-customer` needs besides the table. */
export interface ResolveSettings {
  liveOnly: boolean;
  sold: PlanPrices;
}

/**
 * Says whose an event is: the user of its Stripe customer, or else the one that its subscription's metadata names.
 *
 * @throws {InvalidEvent} for what is no invoice or subscription of Stripe's.
 * @throws {CustomerNotFound} where neither knows a user.
 */
export const resolveCustomer =
  (customers: Customers, { liveOnly, sold }: ResolveSettings) =>
  async (event: unknown, log: Log): Promise<ResolvedCustomer> => {
    const { detail } = parse(event, Event);
    const { subscriptionId, customerId, metadataUserId, priceIds } = ownerOf(
      detail.data.object,
      detail.data.previous_attributes ?? {},
    );
    const answer = { userId: null, customerId, subscriptionId, reason: null };
    const finish = (outcome: "skipped" | "refused", reason: string): ResolvedCustomer => {
      log.info("Nothing is written", { outcome, reason });
      return { ...answer, outcome, reason };
    };
    const foreign = skipConnectedAccount(detail);
    // Counted for a known user too: prices that are configured under a wrong id show in it.
    const isForeign = foreign !== null || isNoneOfOurs(priceIds, sold);
    if (isForeign) emitMetrics({ NoneOfOurs: 1 });
    if (foreign !== null) return finish("skipped", foreign);
    const rejected = rejectTestMode(detail, liveOnly);
    if (rejected !== null) return finish("refused", rejected);
    if (subscriptionId === null) return finish("skipped", "The invoice belongs to no subscription");

    const known = customerId === null ? [] : await customers.usersOf(customerId);
    const named = [
      ...new Set([...known.map(({ userId }) => userId), ...(metadataUserId === null ? [] : [metadataUserId])]),
    ];
    const [userId, ...others] = named;
    if (userId === undefined && isForeign) {
      return finish("skipped", `None of the prices ${priceIds.join(", ")} is configured, and no user is known`);
    }
    if (userId === undefined) {
      throw new CustomerNotFound(`No user is known for customer ${customerId}, and ${subscriptionId} names none`);
    }
    if (others.length > 0) {
      return finish("refused", `Customer ${customerId} is claimed by several users: ${named.join(", ")}`);
    }
    const isLinked = known.some((user) => user.isLinked);
    if (customerId !== null && !isLinked) await customers.link(userId, customerId);
    return { ...answer, outcome: "found", userId };
  };

export const handler = (input: unknown) =>
  handle(
    input,
    resolveCustomer(customersTable(env("HOMEBIYORI_CORE")), {
      liveOnly: env("LIVEMODE") !== "any",
      sold: planPricesFrom(env),
    }),
  );
