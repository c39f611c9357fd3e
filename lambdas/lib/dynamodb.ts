import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import { env } from "./env.ts";

/** The connection to DynamoDB, one per container; it gives up on a call long before the Lambda's own timeout. */
export const dynamodb = new DynamoDBClient({
  requestHandler: { connectionTimeout: 1000, requestTimeout: 2000 },
  maxAttempts: 3,
  retryMode: "standard",
  // Each command's way through the client is found once, not at every call.
  cacheMiddleware: true,
  // The SDK would look for what follows in files that a Lambda has not, and for the endpoint at every call.
  endpoint: async () => ({
    url: new URL(process.env["AWS_ENDPOINT_URL_DYNAMODB"] ?? `https://dynamodb.${env("AWS_REGION")}.amazonaws.com`),
  }),
  defaultsMode: "standard",
  accountIdEndpointMode: "disabled",
  authSchemePreference: ["sigv4"],
  disableClockSkewCorrection: false,
  useDualstackEndpoint: false,
  useFipsEndpoint: false,
});

// They tell AWS what SDK this is, look for a recursion that DynamoDB cannot make, and log to nobody.
for (const name of ["getUserAgentMiddleware", "recursionDetectionMiddleware", "loggerMiddleware"]) {
  dynamodb.middlewareStack.remove(name);
}

/** The parts of an `UpdateItem` that sets attributes: each `name` becomes `#name = :name`. */
export const assignments = (attributes: Record<string, unknown>) => {
  const names = Object.keys(attributes);
  return {
    sets: names.map((name) => `#${name} = :${name}`),
    names: Object.fromEntries(names.map((name) => [`#${name}`, name])),
    values: marshall(Object.fromEntries(names.map((name) => [`:${name}`, attributes[name]]))),
  };
};
