import { enums, nullable, object, string, type Infer } from "superstruct";

/** The answer of `resolve-customer`, every key of it always there: a path that misses one could be caught by nothing. */
export const ResolvedCustomer = object({
  /** `skipped`: not for us, nothing is written. `refused`: never to be written, and dead-lettered. */
  outcome: enums(["found", "skipped", "refused"]),
  userId: nullable(string()),
  customerId: nullable(string()),
  subscriptionId: nullable(string()),
  /** Why it was skipped or refused. */
  reason: nullable(string()),
});

export type ResolvedCustomer = Infer<typeof ResolvedCustomer>;

/** What the states after `resolve-customer` are given of its answer. */
export const FoundCustomer = object({ ...ResolvedCustomer.schema, userId: string() });
