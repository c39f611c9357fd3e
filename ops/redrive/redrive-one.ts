import { type SFNClient, StartSyncExecutionCommand } from "@aws-sdk/client-sfn";
import type { Message } from "@aws-sdk/client-sqs";
import { counted } from "../terminal/counted.ts";
import { largestData } from "../../emulator/stepfunctions/data-limit.ts";
import { type DeadLetter, redriveName, redrivesAttribute } from "./dead-letter.ts";
import type { LetterQueue } from "./letter-queue.ts";

/** What became of a dead letter: only what was redriven is done. */
export interface Fate {
  fate: "redriven" | "failed again" | "parked" | "left";
  /** Why, if it is not done. */
  reason: string;
}

/** What a dead letter is redriven with. */
export interface RedriveOneArgs {
  sfn: SFNClient;
  /** Where the letter is. */
  queue: LetterQueue;
  /** Where it goes if it is of no use to try again; null if that is where it is. */
  parked: LetterQueue | null;
  /** How many redrives are tried. */
  max: number;
}

/** The cause that every state machine fails with, once the event is in the dead-letter queue again. */
export const deadLettered = "The event is in the dead-letter queue, with the failure as it was caught.";

/** Starts a letter's state machine again; deletes the letter only once its event is done, or is in another message. */
export const redriveOne = async (message: Message, letter: DeadLetter, args: RedriveOneArgs): Promise<Fate> => {
  try {
    return await attempt(message, letter, args);
  } catch (error) {
    // Whatever it was, the letter is where it was.
    return { fate: "left", reason: String(error) };
  }
};

const attempt = async (message: Message, letter: DeadLetter, args: RedriveOneArgs): Promise<Fate> => {
  const { event, redrives, eventId, machineArn } = letter;
  const { sfn, queue, parked, max } = args;
  const bytes = Buffer.byteLength(event);
  const useless = bytes > largestData ? `it has ${bytes} bytes, and a machine takes at most ${largestData}` : null;
  if (useless !== null && !parked) return { fate: "left", reason: useless };
  if (parked && (useless !== null || redrives >= max)) {
    await parked.put(message);
    await queue.delete(message);
    return { fate: "parked", reason: useless ?? `it was redriven ${counted(redrives, "time")}, and failed each time` };
  }

  const name = redriveName(redrives + 1, eventId);
  const command = new StartSyncExecutionCommand({ stateMachineArn: machineArn, name, input: event });
  const { status, error, cause } = await sfn.send(command);
  if (status === "SUCCEEDED") {
    await queue.delete(message);
    return { fate: "redriven", reason: "" };
  }
  // By this cause alone the machine says that it got as far as to send a new letter.
  if (status === "FAILED" && cause === deadLettered) {
    await queue.delete(message);
    return { fate: "failed again", reason: `${error}; it is in the dead-letter queue again` };
  }
  // It has told nobody that it was tried, as after a timeout: a copy of the letter does.
  await queue.put(message, { [redrivesAttribute]: `${redrives + 1}` });
  await queue.delete(message);
  const end = [status, error, cause].filter(Boolean).join(" ");
  return { fate: "failed again", reason: `${end}; it is in the queue again, and counted` };
};
