import { ConditionalCheckFailedException, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import { DynamoDBDocumentClient, UpdateCommand, type UpdateCommandInput } from "@aws-sdk/lib-dynamodb";

/** How many attempts a call has. */
export const maxAttempts = 3;

/** How long an attempt waits for DynamoDB; all attempts are over before the Lambda's own timeout. */
export const requestTimeoutMilliseconds = 2000;

/** How long, and how often, a client of AWS's waits for an answer. */
export const patience = {
  maxAttempts,
  requestHandler: {
    requestTimeout: requestTimeoutMilliseconds,
    // Otherwise the SDK logs a warning and waits on.
    throwOnRequestTimeout: true,
    // The other timeout ends with the answer's headers; this one is for a body that stops.
    socketTimeout: requestTimeoutMilliseconds,
  },
};

/** DynamoDB, one client per container; the SDK takes region, credentials and endpoint from the environment. */
export const dynamodb = DynamoDBDocumentClient.from(new DynamoDBClient(patience));

/** Whether DynamoDB refused a write because its condition does not hold. */
export const isConditionFailed = (error: unknown): error is ConditionalCheckFailedException =>
  error instanceof ConditionalCheckFailedException;

/** Updates an item if a condition holds, and returns its attributes as they were before. */
export const updateIf = async (
  input: UpdateCommandInput & { ConditionExpression: string },
): Promise<{ isWritten: boolean; before: Record<string, unknown> }> => {
  try {
    return { isWritten: true, before: await update({ ReturnValuesOnConditionCheckFailure: "ALL_OLD", ...input }) };
  } catch (error) {
    if (!isConditionFailed(error)) throw error;
    return { isWritten: false, before: unmarshall(error.Item ?? {}) };
  }
};

/** Updates an item and returns its attributes as they were before. */
export const update = async (input: UpdateCommandInput): Promise<Record<string, unknown>> => {
  const { Attributes = {} } = await dynamodb.send(new UpdateCommand({ ReturnValues: "ALL_OLD", ...input }));
  return Attributes;
};
