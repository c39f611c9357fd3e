import { isObject, parseJson } from "../graph/json.ts";
import { emulatorKey } from "../protocol/access-keys.ts";
import { type AwsCall, type AwsCalls, AwsError } from "../protocol/aws-call.ts";

/** What the calls are made on. */
export interface ReadCallsArgs {
  dynamodb: { endpoint: string };
}

const reads = ["BatchGetItem", "GetItem", "Query", "Scan"];

/** Reads of the tables, for another service that is developed against them: its role is not one of the graph's, so that no policy is asked. */
export const readCalls = ({ dynamodb }: ReadCallsArgs): AwsCalls =>
  Object.fromEntries(
    reads.map((operation) => [`DynamoDB_20120810.${operation}`, forward(dynamodb.endpoint, operation)]),
  );

const forward = (endpoint: string, operation: string): AwsCall => ({
  resources: () => [],
  answer: async (input) => {
    const response = await fetch(endpoint, {
      method: "POST",
      headers: {
        "content-type": "application/x-amz-json-1.0",
        "x-amz-target": `DynamoDB_20120810.${operation}`,
        "x-amz-date": "20260101T000000Z",
        // The signature is not checked; without one DynamoDB does not answer.
        authorization: `AWS4-HMAC-SHA256 Credential=${emulatorKey}/20260101/local/dynamodb/aws4_request, SignedHeaders=host, Signature=none`,
      },
      body: JSON.stringify(input),
    });
    const answer = parseJson(await response.text());
    if (response.ok && isObject(answer)) return answer;
    const { __type: type = "InternalServerError", message, Message = message } = Object(answer);
    throw new AwsError(
      `${type}`.replace(/^.*#/, ""),
      `${Message ?? `DynamoDB answers with status ${response.status}`}`,
    );
  },
});
