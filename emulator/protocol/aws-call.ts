import type { Struct } from "superstruct";
import { validateInputs } from "../graph/validate-inputs.ts";

/** How one call of AWS's API is answered. */
export interface AwsCall {
  /** The ARNs of the resources that it is made on, each of which the caller must be allowed. */
  resources(input: unknown): string[];
  /** Answers the caller of this access key. */
  answer(input: unknown, accessKey?: string): object | Promise<object>;
}

/** Calls by what their `X-Amz-Target` names, such as `AmazonSQS.SendMessage`. */
export type AwsCalls = Record<string, AwsCall>;

/** An error under AWS's own name for it, which the SDK turns into an exception. */
export class AwsError extends Error {
  override readonly name: string;

  constructor(name: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = name;
  }
}

/** Makes a call from the struct of its input, the ARN or ARNs that it is made on, and its answer. */
export const awsCall = <T, S>(
  struct: Struct<T, S>,
  resource: (input: T) => string | string[],
  answer: (input: T, accessKey: string) => object | Promise<object>,
): AwsCall => ({
  resources: (input) => [resource(inputOf(input, struct))].flat(),
  answer: (input, accessKey = "") => answer(inputOf(input, struct), accessKey),
});

// The prefix of a service's actions, by the one of its targets.
const prefixes: Record<string, string> = {
  AmazonSQS: "sqs",
  AmazonSSM: "ssm",
  AWSEvents: "events",
  AWSStepFunctions: "states",
  GraniteServiceVersion20100801: "cloudwatch",
  Logs_20140328: "logs",
};

/** The action that IAM decides for a call, such as `sqs:SendMessage` for `AmazonSQS.SendMessage`; the batches of SQS have none of their own. */
export const actionOf = (target: string): string => {
  const [service = "", operation = ""] = target.split(".");
  return `${prefixes[service]}:${service === "AmazonSQS" ? operation.replace(/Batch$/, "") : operation}`;
};

// Refuses what the emulator does not answer exactly as AWS does.
const inputOf = <T, S>(input: unknown, struct: Struct<T, S>): T =>
  validateInputs(
    input,
    struct,
    (path, { message }) =>
      new AwsError("ValidationException", `The emulator does not take this, at ${path}: ${message}`),
  );
