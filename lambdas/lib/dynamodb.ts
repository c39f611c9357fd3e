import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";

/** The connection to DynamoDB, one per container; it gives up on a call long before the Lambda's own timeout. */
export const dynamodb = new DynamoDBClient({
  requestHandler: { connectionTimeout: 1000, requestTimeout: 2000 },
});

/** The parts of an `UpdateItem` that sets attributes: each `name` becomes `#name = :name`. */
export const assignments = (attributes: Record<string, unknown>) => {
  const names = Object.keys(attributes);
  return {
    sets: names.map((name) => `#${name} = :${name}`),
    names: Object.fromEntries(names.map((name) => [`#${name}`, name])),
    values: marshall(Object.fromEntries(names.map((name) => [`:${name}`, attributes[name]]))),
  };
};
