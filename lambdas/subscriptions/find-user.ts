import { type Origin, rejectTestMode, skipConnectedAccount } from "../stripe/origin.ts";
import { type Owner, ownerOf } from "../stripe/owner.ts";
import type { Customers } from "./customers-table.ts";
import { isNoneOfOurs, type PlanPrices } from "./plan.ts";

/** What decides whose an object of Stripe's is, besides the table. */
export interface OwnerSettings {
  liveOnly: boolean;
  sold: PlanPrices;
}

/** Whose an object of Stripe's is. */
export interface FoundUser extends Pick<Owner, "customerId" | "subscriptionId"> {
  /** `skipped`: not for us. `refused`: never to be written. `unknown`: for us, but no user is known. */
  outcome: "found" | "skipped" | "refused" | "unknown";
  userId: string | null;
  /** Why it is not found. */
  reason: string | null;
  /** Whether it is about what others sell. */
  isForeign: boolean;
  /** Whether an item of its own ties the customer to the user. */
  isLinked: boolean;
  /** Whether any item names the customer, and not only the object's metadata the user. */
  isKnown: boolean;
}

/** Finds the user of an invoice or a subscription: that of its customer, or else the one that its metadata names. */
export const findUser =
  (customers: Pick<Customers, "usersOf">, { liveOnly, sold }: OwnerSettings) =>
  async (object: Parameters<typeof ownerOf>[0], origin: Origin, previous: unknown = {}): Promise<FoundUser> => {
    const { subscriptionId, customerId, metadataUserId, priceIds } = ownerOf(object, previous);
    const foreign = skipConnectedAccount(origin);
    const isForeign = foreign !== null || isNoneOfOurs(priceIds, sold);
    const answer = { customerId, subscriptionId, userId: null, isForeign, isLinked: false, isKnown: false };
    const ending = (outcome: "skipped" | "refused" | "unknown", reason: string) => ({ ...answer, outcome, reason });
    if (foreign !== null) return ending("skipped", foreign);
    const rejected = rejectTestMode(origin, liveOnly);
    if (rejected !== null) return ending("refused", rejected);
    if (subscriptionId === null) return ending("skipped", "The invoice belongs to no subscription");

    const known = customerId === null ? [] : await customers.usersOf(customerId);
    const ids = known.map(({ userId }) => userId);
    const named = [...new Set([...ids, ...(metadataUserId === null ? [] : [metadataUserId])])];
    const [userId, ...others] = named;
    if (userId === undefined && isForeign) {
      return ending("skipped", `None of the prices ${priceIds.join(", ")} is configured, and no user is known`);
    }
    if (userId === undefined) {
      return ending("unknown", `No user is known for customer ${customerId}, and ${subscriptionId} names none`);
    }
    if (others.length > 0) {
      return ending("refused", `Customer ${customerId} is claimed by several users: ${named.join(", ")}`);
    }
    const isLinked = known.some((user) => user.isLinked);
    return { ...answer, outcome: "found", userId, reason: null, isLinked, isKnown: known.length > 0 };
  };
