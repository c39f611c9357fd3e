import {
  type SFNClient,
  StartExecutionCommand,
  StartSyncExecutionCommand,
  type StartSyncExecutionOutput,
} from "@aws-sdk/client-sfn";
import type { Message } from "@aws-sdk/client-sqs";
import { largestData } from "../../emulator/stepfunctions/limits.ts";
import { counted } from "../terminal/counted.ts";
import { followExecution } from "../command/follow-execution.ts";
import { type DeadLetter, redrivesAttribute } from "./dead-letter.ts";
import { redriveName, uniqueRedriveName } from "./execution-name.ts";
import type { Queue } from "./queue.ts";
import { standardMachines } from "./standard-machines.ts";

/** The result of a redrive: only what was redriven is done. */
export interface RedriveResult {
  status: "redriven" | "failed again" | "parked" | "left";
  /** Why, if it is not done. */
  reason: string;
}

/** What a dead letter is redriven with. */
export interface RedriveOneArgs {
  sfn: SFNClient;
  /** The queue that the dead letter is in. */
  queue: Queue;
  /** Where it goes if a retry cannot fix it; null if it is there already. */
  parkingLot: Queue | null;
  /** The maximum number of redrives. */
  max: number;
  /** After it is aborted no Standard execution is waited for. */
  signal?: AbortSignal;
}

/** The cause that every state machine fails with once the event is in the dead-letter queue again. */
export const deadLettered = "The event is in the dead-letter queue, with the failure as it was caught.";

/** Starts a dead letter's state machine again; deletes the message only once its event is done or in another message. */
export const redriveOne = async (deadLetter: DeadLetter, args: RedriveOneArgs): Promise<RedriveResult> => {
  try {
    return await attempt(deadLetter, args);
  } catch (error) {
    // Whatever failed, the message was not deleted.
    return { status: "left", reason: String(error) };
  }
};

const attempt = async (deadLetter: DeadLetter, args: RedriveOneArgs): Promise<RedriveResult> => {
  const { message, event, redrives } = deadLetter;
  const { queue, parkingLot, max } = args;
  const bytes = Buffer.byteLength(event);
  const tooLarge =
    bytes > largestData ? `it has ${bytes} bytes, and a state machine takes at most ${largestData}` : null;
  if (tooLarge !== null && !parkingLot) return { status: "left", reason: tooLarge };
  if (parkingLot && (tooLarge !== null || redrives >= max)) {
    await park(message, queue, parkingLot);
    return { status: "parked", reason: tooLarge ?? `${counted(redrives, "redrive")} failed, the maximum` };
  }

  const end = await (deadLetter.machine in standardMachines ? runStandard : runExpress)(deadLetter, args);
  if (end === null) return { status: "left", reason: "its execution goes on" };
  const { status, error, cause } = end;
  if (status === "SUCCEEDED") {
    await queue.delete(message);
    return { status: "redriven", reason: "" };
  }
  // Only this cause says that the machine got as far as sending a new message.
  if (status === "FAILED" && cause === deadLettered) {
    await queue.delete(message);
    return { status: "failed again", reason: `${error}; it is in the dead-letter queue again` };
  }
  // Nothing else counts this attempt, as after a timeout: a copy of the message does.
  await queue.send(message, { [redrivesAttribute]: `${redrives + 1}` });
  await queue.delete(message);
  const said = [status, error, cause].filter(Boolean).join(" ");
  return { status: "failed again", reason: `${said}; it is in the queue again, with the attempt counted` };
};

/** Moves a message from its queue to the parking lot. */
export const park = async (message: Message, queue: Queue, parkingLot: Queue): Promise<void> => {
  await parkingLot.send(message);
  await queue.delete(message);
};

type ExecutionEnd = Pick<StartSyncExecutionOutput, "error" | "cause"> & { status?: string | undefined };

const runExpress = async (deadLetter: DeadLetter, { sfn }: RedriveOneArgs): Promise<ExecutionEnd> => {
  const { event: input, redrives, eventId, machineArn: stateMachineArn } = deadLetter;
  const name = redriveName(redrives + 1, eventId);
  return sfn.send(new StartSyncExecutionCommand({ stateMachineArn, name, input }));
};

// A reconciliation may take hours.
const standardSeconds = 6 * 3600;

const runStandard = async (deadLetter: DeadLetter, args: RedriveOneArgs): Promise<ExecutionEnd | null> => {
  const { message, event: input, redrives, eventId, machineArn: stateMachineArn } = deadLetter;
  const { sfn, queue, signal } = args;
  await queue.hide(message, standardSeconds);
  const name = uniqueRedriveName(redrives + 1, eventId);
  const { executionArn } = await sfn.send(new StartExecutionCommand({ stateMachineArn, name, input }));
  return followExecution(sfn, `${executionArn}`, signal ? { signal } : {});
};
