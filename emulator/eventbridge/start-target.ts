import type { Execution } from "../stepfunctions/machine.ts";
import type { Executions } from "../stepfunctions/executions.ts";
import { DeliveryError } from "./errors.ts";

/** Starts the target of this ARN with an event; throws a `DeliveryError` if it does not take the event. */
export type StartTarget = (arn: string, event: unknown) => Promise<Execution>;

/** Starts state machines for EventBridge, which names their executions itself. */
export const startMachines = (executions: Executions): StartTarget => {
  let started = 0;
  return async (arn, event) => {
    started += 1;
    const execution = await executions.start(arn, `execution-${started}`, event);
    if (!execution) throw new DeliveryError("NO_RESOURCE", `There is no state machine ${arn}`, false);
    return execution;
  };
};
