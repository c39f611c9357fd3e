import * as lambdaErrors from "../../lambdas/runtime/errors.ts";

/** The errors of AWS's, the network's and of bugs that the on-call runbook, docs/dead-letters.md, has a row for. */
export const namesInRunbook: readonly string[] = [
  "AccessDeniedException",
  "Error",
  "EventBridge.EventBridgeException",
  "EventBridge.FailedEntry",
  "EventBridge.InternalException",
  "FAILED_TO_ASSUME_ROLE",
  "INVALID_PARAMETER",
  "InternalServerError",
  "Lambda.AWSLambdaException",
  "Lambda.ResourceNotFoundException",
  "Lambda.SdkClientException",
  "Lambda.ServiceException",
  "Lambda.TooManyRequestsException",
  "NO_PERMISSIONS",
  "NO_RESOURCE",
  "ProvisionedThroughputExceededException",
  "ResourceNotFoundException",
  "Sandbox.Timedout",
  "States.Timeout",
  "SyntaxError",
  "THROTTLING",
  "TIMEOUT",
  "ThrottlingException",
  "TimeoutError",
  "TypeError",
  "Unknown",
];

const names = new Set([...namesInRunbook, ...Object.values(lambdaErrors).map((LambdaError) => new LambdaError().name)]);

/** Whether an event can fail with this error: one of the Lambdas' own, or one that the on-call runbook has a row for. */
export const isKnownError = (name: string): boolean => names.has(name) || name.startsWith("Runtime.");
