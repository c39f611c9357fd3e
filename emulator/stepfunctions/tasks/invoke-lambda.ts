import { object, string, unknown } from "superstruct";
import type { Metrics } from "../../cloudwatch/metrics.ts";
import type { EventIdOf, InjectFault } from "../../faults/faults.ts";
import { validateInputs } from "../../graph/validate-inputs.ts";
import { LambdaError } from "../../lambda/errors.ts";
import type { RunningFunction } from "../../lambda/functions.ts";
import { countThrottle, measuredCall } from "../../lambda/metrics.ts";
import type { Clock } from "../../time/clock.ts";
import { ServiceError } from "../errors.ts";
import type { TaskCall } from "../task-handlers.ts";
import type { MachineRole } from "../machine-role.ts";

/** What a task needs to invoke a Lambda. */
export interface InvokeLambdaArgs {
  functions: RunningFunction[];
  clock: Clock;
  metrics: Metrics;
  inject: InjectFault;
  eventIdOf: EventIdOf;
}

const Parameters = object({ FunctionName: string(), Payload: unknown() });

/** Makes a task invoke a Lambda: https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html. */
export const invokeLambda =
  (args: InvokeLambdaArgs, role: MachineRole): TaskCall =>
  async (parameters, executionInput) => {
    const { FunctionName, Payload } = validateInputs(parameters, Parameters, "lambda:invoke");
    role.assertAllowed("Lambda.AWSLambdaException", { action: "lambda:InvokeFunction", resource: FunctionName });
    const called = args.functions.find(({ arn }) => arn === FunctionName);
    if (!called) throw new ServiceError("Lambda.ResourceNotFoundException", `Function not found: ${FunctionName}`);
    try {
      const payload = await invoke(args, called, Payload, args.eventIdOf(executionInput));
      return { StatusCode: 200, ExecutedVersion: "$LATEST", Payload: payload };
    } catch (error) {
      if (!(error instanceof LambdaError)) throw error;
      // Step Functions takes the error's type as the name, and all of the error as the cause.
      const { name: errorType, message: errorMessage, trace } = error;
      throw new ServiceError(errorType, JSON.stringify({ errorType, errorMessage, trace }));
    }
  };

const invoke = async (
  { clock, metrics, inject }: InvokeLambdaArgs,
  called: RunningFunction,
  payload: unknown,
  eventId: string,
): Promise<unknown> => {
  const fault = inject("lambda", `${called.name} ${eventId}`, eventId, called.name);
  if (fault === "throttled") {
    countThrottle(metrics, called.name);
    throw new ServiceError("Lambda.TooManyRequestsException", "Injected: Rate Exceeded.");
  }
  return measuredCall({ metrics, clock }, called.name, () => callWithFault(fault, called, payload, clock));
};

const callWithFault = async (fault: string | null, called: RunningFunction, payload: unknown, clock: Clock) => {
  if (fault === "throws") throw injected("InjectedFault", "the Lambda throws");
  const answer = await clock.holdWhile(called.invoke(payload));
  if (fault === "slow") await clock.sleep(0.9 * 1000 * called.timeoutSeconds);
  if (fault === null || fault === "slow") return answer;
  if (fault === "hangs") await clock.sleep(1000 * called.timeoutSeconds);
  throw injected(lambdaErrors[fault] ?? fault, `the Lambda ${fault} when its work is done`);
};

const lambdaErrors: Record<string, string> = {
  crashes: "Runtime.ExitError",
  hangs: "Sandbox.Timedout",
  "out-of-memory": "Runtime.OutOfMemory",
};

const injected = (errorType: string, what: string): LambdaError =>
  new LambdaError({ errorType, errorMessage: `Injected: ${what}` });
