import type { Metrics } from "../cloudwatch/metrics.ts";
import type { Clock } from "../time/clock.ts";
import type { Execution, Machine } from "./machine.ts";
import { measuredExecution } from "./metrics.ts";

/** State machines that can be started by their ARNs. */
export interface Executions {
  /** Runs a state machine to its end; null if there is none of that ARN. */
  start(machineArn: string, name: string, input: unknown): Promise<Execution | null>;
  /** Waits until all executions have ended. */
  idle(): Promise<void>;
}

/** Makes these machines startable. */
export const makeExecutions = (machines: Machine[], args: { metrics: Metrics; clock: Clock }): Executions => {
  const running = new Set<Promise<Execution>>();
  return {
    start: async (machineArn, name, input) => {
      const machine = machines.find(({ arn }) => arn === machineArn);
      if (!machine) return null;
      const execution = measuredExecution(args, machineArn, () => machine.run(name, input));
      running.add(execution);
      return execution.finally(() => running.delete(execution));
    },
    idle: async () => {
      await Promise.allSettled(running);
    },
  };
};
