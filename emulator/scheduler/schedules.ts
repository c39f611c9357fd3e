import { enums, type Infer, literal, number, object, optional, pattern, string } from "superstruct";
import { EmulatorError } from "../graph/errors.ts";
import { type Graph, ofType } from "../graph/graph.ts";
import { parseJson } from "../graph/json.ts";
import { validateInputs } from "../graph/validate-inputs.ts";
import type { Queue } from "../sqs/queue.ts";
import type { Executions } from "../stepfunctions/executions.ts";
import { type NextRun, readExpression } from "./expression.ts";

/** A schedule of the graph, and its target. */
export interface Schedule {
  /** Its name in the program. */
  logicalName: string;
  name: string;
  groupName: string;
  /** The ARN of its group, in whose name Scheduler assumes the role. */
  groupArn: string;
  arn: string;
  isEnabled: boolean;
  nextRun: NextRun;
  targetArn: string;
  roleArn: string;
  input: string;
  maxAttempts: number;
  maxEventAgeSeconds: number;
  deadLetters: Queue;
}

// The fields that the emulator does as Scheduler does. An input with keywords such as <aws.scheduler.execution-id> is refused, as they
// are not filled in.
const ScheduleInputs = object({
  name: string(),
  description: optional(string()),
  groupName: optional(string()),
  state: optional(enums(["ENABLED", "DISABLED"])),
  scheduleExpression: string(),
  scheduleExpressionTimezone: optional(string()),
  flexibleTimeWindow: object({ mode: literal("OFF") }),
  target: object({
    arn: string(),
    roleArn: string(),
    input: optional(pattern(string(), /^(?!.*<aws\.scheduler\.)/s)),
    retryPolicy: object({ maximumRetryAttempts: number(), maximumEventAgeInSeconds: number() }),
    deadLetterConfig: object({ arn: string() }),
  }),
});

/** What schedules are read with. */
export interface SchedulesArgs {
  graph: Graph;
  queues: Queue[];
  executions: Pick<Executions, "typeOf">;
}

/** The schedules of a graph; refuses what the emulator does not do as Scheduler does. */
export const schedulesOf = (args: SchedulesArgs): Schedule[] =>
  ofType(args.graph, "aws:scheduler/schedule:Schedule").map(({ name: logicalName, inputs, outputs }) => {
    const schedule = validateInputs(inputs, ScheduleInputs, `schedule ${logicalName}`);
    return { logicalName, ...readSchedule(schedule, `Schedule ${logicalName}`, args), arn: `${outputs["arn"]}` };
  });

const readSchedule = (
  { name, groupName = "default", state = "ENABLED", target, ...times }: Infer<typeof ScheduleInputs>,
  title: string,
  { graph, queues, executions }: SchedulesArgs,
): Omit<Schedule, "logicalName" | "arn"> => {
  const { input = "{}", retryPolicy, deadLetterConfig } = target;
  const deadLetters = queues.find(({ arn }) => arn === deadLetterConfig.arn);
  if (!deadLetters) throw new EmulatorError(`${title}: there is no queue ${deadLetterConfig.arn}`);
  if (executions.typeOf(target.arn) === null)
    throw new EmulatorError(`${title}: the emulator starts state machines only, and ${target.arn} is none`);
  if (parseJson(input) === undefined)
    throw new EmulatorError(`${title}: the input of its target is not JSON: ${input}`);
  const { scheduleExpression, scheduleExpressionTimezone = "UTC" } = times;
  return {
    name,
    groupName,
    groupArn: `arn:aws:scheduler:${graph.region}:${graph.account}:schedule-group/${groupName}`,
    isEnabled: state === "ENABLED",
    nextRun: readExpression(scheduleExpression, scheduleExpressionTimezone, title),
    targetArn: target.arn,
    roleArn: target.roleArn,
    input,
    maxAttempts: 1 + retryPolicy.maximumRetryAttempts,
    maxEventAgeSeconds: retryPolicy.maximumEventAgeInSeconds,
    deadLetters,
  };
};
