import type { Page } from "./parameters.ts";
import { noSuch } from "./stripe-error.ts";
import type { Collection, StripeObject } from "./stripe-objects.ts";

/** A page of a list, as Stripe answers it. */
export interface ListPage {
  object: "list";
  data: StripeObject[];
  has_more: boolean;
  url: string;
}

/** Which objects are listed. */
export interface ListArgs {
  /** What a message calls one of them. */
  kind: string;
  url: string;
  collection: Collection;
  page: Page;
  matches: (object: StripeObject) => boolean;
}

/** The page of a list that the parameters ask for: https://docs.stripe.com/api/pagination */
export const listPage = ({ kind, url, collection, page, matches }: ListArgs): ListPage => {
  const { starting_after: cursor, limit, created = {} } = page;
  const all = collection.newestFirst();
  const after = cursor === undefined ? 0 : 1 + all.findIndex(({ id }) => id === cursor);
  if (cursor !== undefined && after === 0) throw noSuch(kind, cursor, "starting_after");
  const { gt = -1, gte = 0, lt = Infinity, lte = Infinity } = created;
  const isInTime = (at: number): boolean => at > gt && at >= gte && at < lt && at <= lte;
  const data: StripeObject[] = [];
  let hasMore = false;
  for (const object of all.slice(after)) {
    if (!isInTime(object.created) || !matches(object)) continue;
    hasMore = data.length === limit;
    if (hasMore) break;
    data.push(object);
  }
  return { object: "list", data, has_more: hasMore, url };
};
