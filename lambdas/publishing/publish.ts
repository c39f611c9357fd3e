import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { patience } from "../dynamodb/dynamodb.ts";
import { NotPublished } from "../runtime/errors.ts";
import { mark } from "./mark.ts";
import { leftAfter, type PublishSettings, toPublish, type Unpublished } from "./to-publish.ts";

/** EventBridge, one client per container. */
export const eventbridge = new EventBridgeClient(patience);

/**
 * Publishes all changes of some items, ten events a call, and marks them.
 *
 * @throws {NotPublished} where the bus takes an event not; what was put before is marked.
 */
export const publisher =
  ({ bus, tables }: PublishSettings & { tables: Record<Unpublished["table"], string> }) =>
  async (items: readonly Unpublished[]): Promise<void> => {
    let left = items;
    for (;;) {
      const { next, entries, marks } = toPublish(left, { bus });
      if (next === "nothing") return;
      if (entries.length > 0) {
        const Entries = entries.map(({ Detail, ...entry }) => ({ ...entry, Detail: JSON.stringify(Detail) }));
        const { FailedEntryCount, Entries: answers = [] } = await eventbridge.send(new PutEventsCommand({ Entries }));
        const failed = answers.find(({ ErrorCode }) => ErrorCode !== undefined);
        if (FailedEntryCount !== 0)
          throw new NotPublished(`${FailedEntryCount} events: ${failed?.ErrorCode}, ${failed?.ErrorMessage}`);
      }
      await Promise.all(marks.map((one) => mark(tables[one.table], one)));
      left = leftAfter(left, marks);
    }
  };
