import { type SFNClient, StartSyncExecutionCommand } from "@aws-sdk/client-sfn";
import { largestData } from "../../emulator/stepfunctions/limits.ts";
import { counted } from "../terminal/counted.ts";
import { type DeadLetter, redrivesAttribute } from "./dead-letter.ts";
import { redriveName } from "./execution-name.ts";
import type { Queue } from "./queue.ts";

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
  const { message, event, redrives, eventId, machineArn } = deadLetter;
  const { sfn, queue, parkingLot, max } = args;
  const bytes = Buffer.byteLength(event);
  const tooLarge =
    bytes > largestData ? `it has ${bytes} bytes, and a state machine takes at most ${largestData}` : null;
  if (tooLarge !== null && !parkingLot) return { status: "left", reason: tooLarge };
  if (parkingLot && (tooLarge !== null || redrives >= max)) {
    await parkingLot.send(message);
    await queue.delete(message);
    return { status: "parked", reason: tooLarge ?? `${counted(redrives, "redrive")} failed, the maximum` };
  }

  const name = redriveName(redrives + 1, eventId);
  const command = new StartSyncExecutionCommand({ stateMachineArn: machineArn, name, input: event });
  const { status, error, cause } = await sfn.send(command);
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
  const end = [status, error, cause].filter(Boolean).join(" ");
  return { status: "failed again", reason: `${end}; it is in the queue again, with the attempt counted` };
};
