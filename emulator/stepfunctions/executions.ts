import { DeliveryError, type StartTarget } from "../eventbridge/delivery.ts";
import type { Clock } from "../time/clock.ts";
import type { Execution, Machine } from "./machine.ts";
import { measuredExecution } from "./metrics.ts";
import type { Metrics } from "../cloudwatch/metrics.ts";

/** State machines that can be started by their ARNs. */
export interface Executions {
  /** Runs a state machine to its end; null if there is none of that ARN. */
  start(machineArn: string, name: string, input: unknown): Promise<Execution | null>;
  /** Starts one for EventBridge, which names it itself; throws a `DeliveryError` if there is none of that ARN. */
  deliver: StartTarget;
  /** Waits until all that was started has ended, whoever asked for it. */
  idle(): Promise<void>;
}

/** Makes these machines startable. */
export const makeExecutions = (machines: Machine[], args: { metrics: Metrics; clock: Clock }): Executions => {
  const running = new Set<Promise<Execution>>();
  let delivered = 0;

  const start: Executions["start"] = async (machineArn, name, input) => {
    const machine = machines.find(({ arn }) => arn === machineArn);
    if (!machine) return null;
    const execution = measuredExecution(args, machineArn, () => machine.run(name, input));
    running.add(execution);
    return execution.finally(() => running.delete(execution));
  };

  return {
    start,
    deliver: async (arn, event) => {
      delivered += 1;
      const execution = await start(arn, `execution-${delivered}`, event);
      if (!execution) throw new DeliveryError("NO_RESOURCE", `There is no state machine ${arn}`, false);
      return execution;
    },
    idle: async () => {
      await Promise.allSettled(running);
    },
  };
};
