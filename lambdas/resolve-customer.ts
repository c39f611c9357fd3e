import { type Users, usersTable } from "./subscriptions/core-table.ts";
import { env } from "./runtime/env.ts";
import { CustomerNotFound } from "./runtime/errors.ts";
import { handle } from "./runtime/handle.ts";
import { modeProblem } from "./stripe/livemode.ts";
import type { Log } from "./runtime/log.ts";
import { Owned, ownerOf } from "./stripe/owner.ts";
import { parse } from "./runtime/parse.ts";
import type { ResolvedCustomer } from "./runtime/resolved-customer.ts";
import { envelope } from "./stripe/stripe-event.ts";

const Event = envelope(Owned);

/**
 * Says whose an event is: the user of its Stripe customer, or else the one that its subscription's metadata names.
 *
 * @throws {InvalidEvent} for what is no invoice or subscription of Stripe's.
 * @throws {CustomerNotFound} where neither knows a user.
 */
export const resolveCustomer =
  (users: Users, liveOnly: boolean) =>
  async (event: unknown, log: Log): Promise<ResolvedCustomer> => {
    const { detail } = parse(event, Event);
    const { subscriptionId, customerId, metadataUserId } = ownerOf(detail.data.object);
    const answer = { userId: null, customerId, subscriptionId, reason: null };
    const endsHere = (outcome: "skipped" | "refused", reason: string): ResolvedCustomer => {
      log.info("Nothing is written", { outcome, reason });
      return { ...answer, outcome, reason };
    };
    const problem = modeProblem(detail, liveOnly);
    if (problem !== null) return endsHere("refused", problem);
    if (subscriptionId === null) return endsHere("skipped", "The invoice belongs to no subscription");
    const known = customerId === null ? [] : await users.byCustomer(customerId);
    const named = [...new Set([...known, ...(metadataUserId === null ? [] : [metadataUserId])])];
    const [userId, ...others] = named;
    if (userId === undefined) {
      throw new CustomerNotFound(`No user is known for customer ${customerId}, and ${subscriptionId} names none`);
    }
    if (others.length > 0) {
      return endsHere("refused", `Customer ${customerId} is claimed by several users: ${named.join(", ")}`);
    }
    return { ...answer, outcome: "found", userId };
  };

export const handler = (input: unknown) =>
  handle(input, resolveCustomer(usersTable(env("HOMEBIYORI_CORE")), env("LIVEMODE") !== "any"));
