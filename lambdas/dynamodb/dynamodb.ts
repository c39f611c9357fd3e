import type {
  GetItemInput,
  GetItemOutput,
  QueryInput,
  QueryOutput,
  UpdateItemInput,
  UpdateItemOutput,
} from "@aws-sdk/client-dynamodb";
import { isThrottlingError, isTransientError, StandardRetryStrategy } from "@smithy/core/retry";
import { env } from "../runtime/env.ts";
import { jsonOf } from "./json-of.ts";
import { post } from "./post.ts";
import { signer } from "./signer.ts";

// The SDK's types, signature and rules of retry, without its client: that is most of a bundle and almost half of a
// call's CPU, as docs/performance.md has it.

/** What is asked of DynamoDB, and what it answers, by the operation. */
interface Operations {
  GetItem: { input: GetItemInput; output: GetItemOutput };
  Query: { input: QueryInput; output: QueryOutput };
  UpdateItem: { input: UpdateItemInput; output: UpdateItemOutput };
}

/** What DynamoDB answers for a call that it does not carry out; its `name` is DynamoDB's own, such as `ConditionalCheckFailedException`. */
export class DynamoDBError extends Error {
  /** By this and the name AWS's rules say whether to try again. */
  readonly $metadata: { httpStatusCode: number };

  constructor(name: string, message: string, httpStatusCode: number) {
    super(message);
    this.name = name;
    this.$metadata = { httpStatusCode };
  }
}

/** Whether a write was not carried out as its condition does not hold. */
export const isConditionFailed = (error: unknown): boolean =>
  error instanceof DynamoDBError && error.name === "ConditionalCheckFailedException";

/** How often a call is tried at most. */
export const mostTries = 3;

/** A try that hears nothing for so long is given up; all of them are over before the Lambda's own timeout. */
export const silentMilliseconds = 2000;

const retries = new StandardRetryStrategy(mostTries);

/**
 * Calls DynamoDB, up to three times if it is worth it. Items go as they are in its JSON, so binary values cannot.
 *
 * @throws {DynamoDBError} for what it refuses; what Node throws if it cannot be reached in time.
 */
export const call = async <O extends keyof Operations>(
  operation: O,
  input: Operations[O]["input"],
): Promise<Operations[O]["output"]> => {
  const body = JSON.stringify(input);
  let token = await retries.acquireInitialRetryToken("");
  for (;;) {
    try {
      const output = await attempt(operation, body);
      retries.recordSuccess(token);
      return output;
    } catch (error) {
      const next = await retries.refreshRetryTokenForRetry(token, { errorType: typeOf(error) }).catch(() => null);
      if (next === null) throw error;
      token = next;
    }
  }
};

// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.LowLevelAPI.html
const attempt = async (operation: string, body: string): Promise<object> => {
  const url = endpoint();
  const { headers } = await signer().sign({
    method: "POST",
    protocol: url.protocol,
    hostname: url.hostname,
    path: "/",
    headers: {
      host: url.host,
      "content-type": "application/x-amz-json-1.0",
      "x-amz-target": `DynamoDB_20120810.${operation}`,
    },
    body,
  });
  const { status, text } = await post(url, headers, body, silentMilliseconds);
  if (status === 200) return JSON.parse(text);
  throw refusalOf(status, text);
};

const endpoint = (): URL =>
  new URL(process.env["AWS_ENDPOINT_URL_DYNAMODB"] ?? `https://dynamodb.${env("AWS_REGION")}.amazonaws.com`);

const refusalOf = (status: number, answer: string): DynamoDBError => {
  const { __type: type, message, Message = message } = Object(jsonOf(answer));
  return typeof type === "string"
    ? new DynamoDBError(type.split("#").at(-1) ?? type, `${Message}`, status)
    : new DynamoDBError("UnknownError", `DynamoDB answered ${status}: ${answer.slice(0, 200)}`, status);
};

const typeOf = (error: unknown) => {
  const thrown = error as Parameters<typeof isTransientError>[0];
  if (isThrottlingError(thrown)) return "THROTTLING";
  return isTransientError(thrown) ? "TRANSIENT" : "CLIENT_ERROR";
};
