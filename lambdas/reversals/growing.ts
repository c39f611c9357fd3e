import { assignments } from "../dynamodb/assignments.ts";
import type { Reason } from "../publishing/billing-event.ts";
import { appending } from "../publishing/outbox.ts";

/** What is added to an item: texts to its sets, and whose payment it is. */
export interface Addition {
  texts: Record<string, string[]>;
  owner: Record<string, string>;
  expiresAt: number;
  reason: Reason;
}

/** The parts of an `UpdateItem` that adds what an item does not have yet, and the change to its outbox; on these conditions too. */
export const expressionOf = (
  {
    texts,
    owner,
    expiresAt,
    change,
  }: Omit<Addition, "expiresAt"> & { expiresAt: number | null; change: string | null },
  conditions: string[],
) => {
  const { sets, names, values } = assignments({ ...owner, ...(expiresAt !== null && { expires_at: expiresAt }) });
  // An id is no name that an expression takes.
  const adds = Object.entries(texts).map(([name, all], index) => ({ name, all, as: `text${index}` }));
  const kept = change === null ? null : appending(change);
  const setting = [...sets, ...(kept ? [kept.set] : [])];
  const adding = adds.length > 0 ? [`ADD ${adds.map(({ as }) => `#${as} :${as}`).join(", ")}`] : [];
  // Each text is new, so that each change is what it adds.
  const news = adds.flatMap(({ all, as }) => all.map((_, index) => `NOT contains(#${as}, :${as}_${index})`));
  const others = Object.keys(owner).map((name) => `attribute_not_exists(#${name}) OR #${name} <> :${name}`);
  return {
    UpdateExpression: [`SET ${setting.join(", ")}`, ...adding].join(" "),
    ConditionExpression: [
      ...news,
      ...(others.length > 0 ? [`(${others.join(" OR ")})`] : []),
      ...conditions,
      ...(kept ? [kept.condition] : []),
    ].join(" AND "),
    ExpressionAttributeNames: { ...names, ...Object.fromEntries(adds.map(({ as, name }) => [`#${as}`, name])) },
    ExpressionAttributeValues: {
      ...values,
      ...kept?.values,
      ...Object.fromEntries(
        adds.flatMap(({ as, all }) => [
          [`:${as}`, new Set(all)],
          ...all.map((text, index) => [`:${as}_${index}`, text]),
        ]),
      ),
    },
  };
};
