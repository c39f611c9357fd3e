import { boolean, enums, object, pattern, string, type } from "superstruct";
import { checked } from "../graph/checked.ts";
import { expressLog } from "./express-log.ts";
import { type Graph, ofType } from "../graph/load.ts";
import type { LogGroups } from "../logs/log-groups.ts";
import type { Machine } from "./machine.ts";
import type { Permissions } from "../iam/permissions.ts";

const MachineInputs = type({
  roleArn: string(),
  loggingConfiguration: object({
    level: enums(["ALL", "ERROR", "FATAL", "OFF"]),
    includeExecutionData: boolean(),
    // The ARN of a log group, and `:*`.
    logDestination: pattern(string(), /:\*$/),
  }),
});

interface Around {
  graph: Graph;
  permissions: Permissions;
}

/** Has these machines log their executions as the graph says; refuses one whose role could not. */
export const withLogs = (machines: Machine[], { graph, permissions }: Around, logs: LogGroups): Machine[] =>
  machines.map((machine) => {
    const resource = ofType(graph, "aws:sfn/stateMachine:StateMachine").find(
      ({ outputs }) => outputs["arn"] === machine.arn,
    );
    const { roleArn, loggingConfiguration } = checked(resource?.inputs, MachineInputs, `state machine ${machine.name}`);
    const { logDestination, level, includeExecutionData } = loggingConfiguration;
    const context = { "aws:SourceArn": machine.arn, "aws:SourceAccount": graph.account };
    const by = { service: "states.amazonaws.com", context, session: machine.name };
    const refusal = permissions.roleRefusal(roleArn, by, { action: "logs:CreateLogDelivery", resource: "*" });
    if (refusal) throw new Error(`State machine ${machine.name}: ${refusal.message}`);
    const group = logs.nameOf(logDestination.slice(0, -":*".length));
    const args = { level, includeExecutionData, roleArn, region: graph.region };
    return {
      ...machine,
      run: async (name, input) => {
        const execution = await machine.run(name, input);
        if (level !== "OFF") logs.keep(group, () => expressLog(execution, args));
        return execution;
      },
    };
  });
