import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";

// Stands in for lambdas/lib/dynamodb.ts, to be measured beside it: the SDK's client as it comes.

const client = new DynamoDBClient();

const calls: Record<string, (input: never) => Promise<unknown>> = {
  GetItem: (input) => client.send(new GetItemCommand(input)),
  Query: (input) => client.send(new QueryCommand(input)),
  UpdateItem: (input) => client.send(new UpdateItemCommand(input)),
};

/** Calls DynamoDB. */
export const call = async (operation: string, input: never): Promise<unknown> => calls[operation]?.(input);

/** Whether a write was not carried out as its condition does not hold. */
export const isConditionFailed = (error: unknown): boolean => error instanceof ConditionalCheckFailedException;
