import { string, type } from "superstruct";
import { EmulatorError } from "../graph/errors.ts";
import { type Graph, ofType } from "../graph/graph.ts";
import { validateInputs } from "../graph/validate-inputs.ts";
import type { Permissions } from "../iam/permissions.ts";
import { invokeLambda, type InvokeLambdaArgs } from "./invoke-lambda.ts";
import { type Machine, makeMachine } from "./machine.ts";
import { machineRole } from "./machine-role.ts";
import { sendMessage, type SendMessageArgs } from "./send-message.ts";

/** What the state machines are made with: the graph, and what their tasks call. */
export interface MachinesArgs extends InvokeLambdaArgs, SendMessageArgs {
  graph: Graph;
  permissions: Permissions;
}

const MachineInputs = type({ name: string(), type: string(), roleArn: string(), definition: string() });

/** Makes the state machines of a graph, whose tasks call its Lambdas and queues as far as their roles allow. */
export const makeMachines = (args: MachinesArgs): Machine[] =>
  ofType(args.graph, "aws:sfn/stateMachine:StateMachine").map(({ name: logicalName, inputs, outputs }) => {
    const machine = validateInputs(inputs, MachineInputs, `state machine ${logicalName}`);
    const { name, roleArn, definition } = machine;
    if (machine.type !== "EXPRESS")
      throw new EmulatorError(`State machine ${logicalName}: the emulator runs Express ones only`);
    const { clock, inject, eventIdOf } = args;
    const arn = `${outputs["arn"]}`;
    const role = machineRole(args, { name, arn, roleArn });
    const taskCalls = {
      "arn:aws:states:::lambda:invoke": invokeLambda(args, role),
      "arn:aws:states:::sqs:sendMessage": sendMessage(args, role),
    };
    const hangs = (input: unknown) => inject("machine", eventIdOf(input), eventIdOf(input), name) !== null;
    return makeMachine({ name, arn, definition, taskCalls, hangs, clock });
  });
