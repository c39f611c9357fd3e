import { clientsOf } from "../../ops/command/clients.ts";
import type { Target } from "../../ops/command/target.ts";
import { readDeadLetter } from "../../ops/redrive/dead-letter.ts";
import { type Held, holdMessages, openQueues, type Queues } from "../../ops/redrive/hold-messages.ts";
import { park } from "../../ops/redrive/redrive-one.ts";
import { redriveDefaults, redriveSelected } from "../../ops/redrive/redrive-selected.ts";
import { type Filters, isReadable, selectDeadLetters, type Selection } from "../../ops/redrive/selection.ts";
import type { Run } from "./runs.ts";

/** A queue of a stack, by its word in an address: the dead-letter queue or the parking-lot queue. */
export type QueueName = "dead" | "parked";

/** What is in a queue. */
export interface QueueContent extends Selection {
  /** How many others are invisible for now, as another consumer has received them. */
  hidden: number;
  /** What the operator should know besides. */
  remarks: string[];
}

/** What a page does with the queues of a stack, one thing after the other: a list would miss what another has received. */
export interface QueueWork {
  /** Receives all messages of a queue, and makes them visible again at once. */
  read(name: QueueName): Promise<QueueContent>;
  /** Redrives what the filters take, and tells the run each result. */
  redrive(name: QueueName, filters: Filters, run: Run): Promise<void>;
  /** Moves a message of the dead-letter queue to the parking lot. */
  park(messageId: string, run: Run): Promise<void>;
}

/** Makes what a page does with the queues of a stack; once `ending` is aborted, no redrive is started. */
export const makeQueueWork = ({ stack, config }: Target, ending: AbortSignal): QueueWork => {
  const { sqs, sfn } = clientsOf(config);
  let last: Promise<unknown> = Promise.resolve();
  const hold = <T>(name: QueueName, remarks: string[], use: (held: Held, queues: Queues) => Promise<T>): Promise<T> => {
    const work = last.then(async () => {
      const queues = await openQueues(sqs, stack, name === "parked");
      const onStuck = (messages: number, minutes: number) =>
        remarks.push(`${messages} stay invisible for up to ${minutes} minutes more`);
      const holdArgs = { ...queues, rate: redriveDefaults.rate, signal: ending, onStuck };
      return holdMessages(holdArgs, (held) => use(held, queues));
    });
    last = work.catch(() => {});
    return work;
  };

  return {
    read: (name) => {
      const remarks: string[] = [];
      return hold(name, remarks, async ({ messages }, { queue }) => {
        const hidden = Math.max(0, (await queue.countHidden()) - messages.size);
        return { ...selectDeadLetters(messages.values(), stack, {}), hidden, remarks };
      });
    },
    redrive: (name, filters, run) =>
      hold(name, run.remarks, async (held, queues) => {
        const { selected } = selectDeadLetters(held.messages.values(), stack, filters);
        run.total = selected.length;
        const results = await redriveSelected(selected, {
          ...queues,
          ...redriveDefaults,
          sfn,
          held,
          signal: ending,
          onResult: ({ message, eventId, machine }, result) =>
            run.results.push({ messageId: `${message.MessageId}`, eventId, machine, ...result }),
        });
        const left = results.size - run.results.length;
        if (left > 0) run.remarks.push(`${left} were not started, as the console ended`);
      }),
    park: (messageId, run) =>
      hold("dead", run.remarks, async ({ messages }, { queue, parkingLot }) => {
        const message = messages.get(messageId);
        run.total = Number(message !== undefined);
        if (!message || !parkingLot) return;
        await park(message, queue, parkingLot);
        messages.delete(messageId);
        const read = readDeadLetter(message, stack);
        const { eventId, machine } = isReadable(read) ? read : { eventId: null, machine: null };
        run.results.push({ messageId, eventId, machine, status: "parked", reason: "" });
      }),
  };
};
