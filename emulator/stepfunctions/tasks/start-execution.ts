import { object, optional, string, unknown } from "superstruct";
import { validateInputs } from "../../graph/validate-inputs.ts";
import { AwsError } from "../../protocol/aws-call.ts";
import { ServiceError } from "../errors.ts";
import type { Executions } from "../executions.ts";
import type { TaskCall } from "../task-handlers.ts";
import type { MachineRole } from "../machine-role.ts";

const Parameters = object({ StateMachineArn: string(), Name: optional(string()), Input: optional(unknown()) });

/** Makes a task start an execution, and go on: https://docs.aws.amazon.com/step-functions/latest/dg/connect-stepfunctions.html. */
export const startExecution =
  (startInBackground: Executions["startInBackground"], role: MachineRole): TaskCall =>
  async (parameters) => {
    const { StateMachineArn, Name, Input = {} } = validateInputs(parameters, Parameters, "states:startExecution");
    // The name of Step Functions' own exception, as the integrations have that of Lambda's and SQS's.
    const request = { action: "states:StartExecution", resource: StateMachineArn };
    role.assertAllowed("StepFunctions.AWSStepFunctionsException", request);
    try {
      const input = typeof Input === "string" ? Input : JSON.stringify(Input);
      const { arn, startedAt } = startInBackground(StateMachineArn, input, Name);
      return { ExecutionArn: arn, StartDate: startedAt / 1000 };
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      throw new ServiceError(`StepFunctions.${error.name.replace(/(Exception)?$/, "Exception")}`, error.message);
    }
  };
