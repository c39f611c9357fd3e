import { enums, string, type } from "superstruct";
import { type Graph, ofType } from "../graph/graph.ts";
import { validateInputs } from "../graph/validate-inputs.ts";
import type { Permissions } from "../iam/permissions.ts";
import { type Executions, type ExecutionsArgs, makeExecutions } from "./executions.ts";
import { invokeLambda, type InvokeLambdaArgs } from "./tasks/invoke-lambda.ts";
import { type LoggingArgs, withLogging } from "./logging.ts";
import { type Machine, makeMachine } from "./machine.ts";
import { machineRole } from "./machine-role.ts";
import { putEventsTask, type PutEventsArgs } from "./tasks/put-events.ts";
import { sendMessage, type SendMessageArgs } from "./tasks/send-message.ts";
import { startExecution } from "./tasks/start-execution.ts";

/** What the state machines are made with: the graph, what their tasks call, and where they log. */
export interface MachinesArgs extends InvokeLambdaArgs, SendMessageArgs, PutEventsArgs, LoggingArgs, ExecutionsArgs {
  graph: Graph;
  permissions: Permissions;
}

const MachineInputs = type({
  name: string(),
  type: enums(["EXPRESS", "STANDARD"]),
  roleArn: string(),
  definition: string(),
});

/** Makes the state machines of a graph, whose tasks call its Lambdas, queues and state machines as far as their roles allow. */
export const makeMachines = (args: MachinesArgs): Executions => {
  const startInBackground: StartInBackground = (...start) => executions.startInBackground(...start);
  const executions = makeExecutions(withLogging(machinesOf(args, startInBackground), args), args);
  return executions;
};

type StartInBackground = Executions["startInBackground"];

const machinesOf = (args: MachinesArgs, startInBackground: StartInBackground): Machine[] =>
  ofType(args.graph, "aws:sfn/stateMachine:StateMachine").map(({ name: logicalName, inputs, outputs }) => {
    const machine = validateInputs(inputs, MachineInputs, `state machine ${logicalName}`);
    const { name, roleArn, definition } = machine;
    const { clock, inject, eventIdOf } = args;
    const arn = `${outputs["arn"]}`;
    const role = machineRole(args, { name, arn, roleArn });
    const taskCalls = {
      "arn:aws:states:::events:putEvents": putEventsTask(args, role, { name, arn }),
      "arn:aws:states:::lambda:invoke": invokeLambda(args, role),
      "arn:aws:states:::sqs:sendMessage": sendMessage(args, role),
      "arn:aws:states:::states:startExecution": startExecution(startInBackground, role),
    };
    const hangs = (input: unknown) => inject("machine", eventIdOf(input), eventIdOf(input), name) !== null;
    return makeMachine({ name, arn, type: machine.type, definition, taskCalls, hangs, clock });
  });
