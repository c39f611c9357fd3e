import { QueueDoesNotExist } from "@aws-sdk/client-sqs";
import { Unusable } from "../unusable.ts";

/** Says in one sentence why a command could not be run, or null for what is a mistake of its own. */
export const problemOf = (error: unknown): string | null => {
  if (!(error instanceof Error)) return null;
  if (error instanceof Unusable) return error.message;
  if (error instanceof QueueDoesNotExist) return `A queue of the stack does not exist: ${error.message}`;
  if (error.name === "CredentialsProviderError") return `There are no AWS credentials in this shell: ${error.message}`;
  // What the SDK throws of a call, such as AccessDenied or ECONNREFUSED.
  if ("$metadata" in error) return `AWS answers ${error.name}: ${error.message}`;
  return null;
};
