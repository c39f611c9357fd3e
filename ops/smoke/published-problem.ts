import { setTimeout as delay } from "node:timers/promises";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { BatchGetCommand, DynamoDBDocumentClient, GetCommand } from "@aws-sdk/lib-dynamodb";
import { outboxIn } from "../../lambdas/publishing/outbox.ts";
import type { Target } from "../command/target.ts";
import { counted } from "../terminal/counted.ts";
import type { SmokeEvents } from "./smoke-events.ts";

// A change is marked as published within a second of when it is logged.
const timeoutMilliseconds = 20_000;

/** Waits until no change of the rows is left to be published, and returns what is wrong: some are left, or none was published. */
export const publishedProblem = async (
  { coreKeys, paymentKeys }: SmokeEvents,
  { dynamodb, stack: { tables } }: Target,
  signal: AbortSignal,
): Promise<string | null> => {
  const documents = DynamoDBDocumentClient.from(new DynamoDBClient(dynamodb));
  const readRows = async (): Promise<Record<string, unknown>[]> => {
    const users = coreKeys.map((Key) =>
      documents.send(new GetCommand({ TableName: tables.core, Key, ConsistentRead: true })),
    );
    const payments = new BatchGetCommand({
      RequestItems: { [tables.payments]: { Keys: paymentKeys, ConsistentRead: true } },
    });
    const { Responses: found = {} } = await documents.send(payments);
    return [...(await Promise.all(users)).map(({ Item = {} }) => Item), ...Object.values(found).flat()];
  };
  const until = Date.now() + timeoutMilliseconds;
  for (;;) {
    const outboxes = (await readRows()).map(outboxIn);
    const left = outboxes.reduce((sum, { changes }) => sum + changes.length, 0);
    if (left === 0) return outboxes.some(({ published }) => published > 0) ? null : "no change of a row was published";
    if (Date.now() > until || signal.aborted) return `${counted(left, "change")} of rows not published yet`;
    await delay(500);
  }
};
