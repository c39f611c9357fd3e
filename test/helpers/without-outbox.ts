import { outboxAttributes } from "../../lambdas/publishing/outbox.ts";

/** An item without its outbox, which says in what order changes came and not what the item says. */
export const withoutOutbox = (item: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(item).filter(([name]) => !outboxAttributes.some((one) => one === name)));
