import { boolean, enums, object, pattern, string, type } from "superstruct";
import { EmulatorError } from "../graph/errors.ts";
import { type Graph, ofType } from "../graph/graph.ts";
import { validateInputs } from "../graph/validate-inputs.ts";
import type { Permissions } from "../iam/permissions.ts";
import type { LogGroups } from "../logs/log-groups.ts";
import type { Clock } from "../time/clock.ts";
import { expressLog } from "./express-log.ts";
import type { Machine } from "./machine.ts";
import { machineRole } from "./machine-role.ts";

const MachineInputs = type({
  roleArn: string(),
  loggingConfiguration: object({
    level: enums(["ALL", "ERROR", "FATAL", "OFF"]),
    includeExecutionData: boolean(),
    // The ARN of a log group, and `:*`.
    logDestination: pattern(string(), /:\*$/),
  }),
});

/** What the logging of the state machines needs. */
export interface LoggingArgs {
  graph: Graph;
  permissions: Permissions;
  logs: LogGroups;
  clock: Clock;
}

/** Makes these machines log their executions as the graph says; refuses one whose role does not allow it. */
export const withLogging = (machines: Machine[], args: LoggingArgs): Machine[] =>
  machines.map((machine) => {
    const { graph, logs, clock } = args;
    const resource = ofType(graph, "aws:sfn/stateMachine:StateMachine").find(
      ({ outputs }) => outputs["arn"] === machine.arn,
    );
    const title = `state machine ${machine.name}`;
    const { roleArn, loggingConfiguration } = validateInputs(resource?.inputs, MachineInputs, title);
    const { logDestination, level, includeExecutionData } = loggingConfiguration;
    const role = machineRole(args, { ...machine, roleArn });
    const refusal = role.refusal({ action: "logs:CreateLogDelivery", resource: "*" });
    if (refusal) throw new EmulatorError(`State machine ${machine.name}: ${refusal.message}`);
    const group = logs.nameOf(logDestination.slice(0, -":*".length));
    const logArgs = { level, includeExecutionData, roleArn, region: graph.region };
    return {
      ...machine,
      run: async (...run) => {
        const execution = await machine.run(...run);
        const common = { field: "execution_arn", text: execution.arn, until: Math.round(clock.now()) };
        if (level !== "OFF") logs.keep(group, () => expressLog(execution, logArgs), common);
        return execution;
      },
    };
  });
