/** What is kept in an item of its changes that may not be published yet. */
export interface Outbox {
  /** How many changes of the item were published before these: the first of them makes the version after it. */
  published: number;
  /** The oldest first, each as a text. */
  changes: string[];
}

/** The attributes of an item that keep them. */
export const outboxAttributes = ["stripe_published", "stripe_unpublished"] as const;

// Further changes of an item are refused until these are published.
const mostChanges = 25;

/** Whether an outbox has no room for another change. */
export const isFull = ({ changes }: Outbox): boolean => changes.length >= mostChanges;

/** How many changes an item has had: the version of the last. */
export const versionOf = ({ published, changes }: { published: number; changes: readonly unknown[] }): number =>
  published + changes.length;

/** Reads the outbox in an item's attributes. */
export const outboxIn = (attributes: Record<string, unknown>): Outbox => {
  const { stripe_published: published, stripe_unpublished: changes } = attributes;
  return {
    published: typeof published === "number" ? published : 0,
    changes: Array.isArray(changes) ? changes.map(String) : [],
  };
};

/** The parts of an `UpdateItem` that add a change to an item's outbox, if it has room; so no change is written that is not to be published. */
export const appending = (change: string) => ({
  set: "stripe_unpublished = list_append(if_not_exists(stripe_unpublished, :no_changes), :new_change)",
  condition: `attribute_not_exists(stripe_unpublished[${mostChanges - 1}])`,
  values: { ":no_changes": [], ":new_change": [change] },
});

/** An item's outbox after a change was added. */
export const appended = ({ published, changes }: Outbox, change: string): Outbox => ({
  published,
  changes: [...changes, change],
});
