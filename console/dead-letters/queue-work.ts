import { clientsOf } from "../../ops/command/clients.ts";
import { readDeadLetter } from "../../ops/redrive/dead-letter.ts";
import { type Held, holdMessages, openQueues, type Queues } from "../../ops/redrive/hold-messages.ts";
import { park, type RedriveResult } from "../../ops/redrive/redrive-one.ts";
import { redriveDefaults, redriveSelected } from "../../ops/redrive/redrive-selected.ts";
import { type Filters, isReadable, selectDeadLetters } from "../../ops/redrive/selection.ts";
import type { ConsoleArgs } from "../console-args.ts";

/** A queue of a stack, by its word in an address: the dead-letter queue or the parking-lot queue. */
export type QueueName = "dead" | "parked";

/** How far a redrive or a parking is. */
export interface Progress {
  /** How many dead letters it takes; null until they are received. */
  total: number | null;
  /** What became of each: of which event, or what else the dead letter is called, in which state machine; null where it cannot be read. */
  results: (RedriveResult & { messageId: string; eventId: string | null; machine: string | null })[];
  /** What the operator should know besides. */
  remarks: string[];
}

/** Makes what a page does with the queues of a stack, one thing after the other: a list would miss what another has received. Once `ending` is aborted, no redrive is started. */
export const makeQueueWork = ({ target: { stack, config }, ending }: ConsoleArgs) => {
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
    /** Receives all messages of a queue, and makes them visible again at once; `hidden` others are invisible, as another consumer has received them. */
    read: (name: QueueName) => {
      const remarks: string[] = [];
      return hold(name, remarks, async ({ messages }, { queue }) => {
        const hidden = Math.max(0, (await queue.countHidden()) - messages.size);
        return { ...selectDeadLetters(messages.values(), stack, {}), hidden, remarks };
      });
    },
    /** Redrives what the filters take. */
    redrive: (name: QueueName, filters: Filters, progress: Progress) =>
      hold(name, progress.remarks, async (held, queues) => {
        const { selected } = selectDeadLetters(held.messages.values(), stack, filters);
        progress.total = selected.length;
        const results = await redriveSelected(selected, {
          ...queues,
          ...redriveDefaults,
          sfn,
          held,
          signal: ending,
          onResult: ({ message, eventId, machine }, result) =>
            progress.results.push({ messageId: `${message.MessageId}`, eventId, machine, ...result }),
        });
        const left = results.size - progress.results.length;
        if (left > 0) progress.remarks.push(`${left} were not started, as the console ended`);
      }),
    /** Moves a message of the dead-letter queue to the parking lot. */
    park: (messageId: string, progress: Progress) =>
      hold("dead", progress.remarks, async ({ messages }, { queue, parkingLot }) => {
        const message = messages.get(messageId);
        progress.total = Number(message !== undefined);
        if (!message || !parkingLot) return;
        await park(message, queue, parkingLot);
        messages.delete(messageId);
        const read = readDeadLetter(message, stack);
        const { eventId, machine } = isReadable(read) ? read : { eventId: null, machine: null };
        progress.results.push({ messageId, eventId, machine, status: "parked", reason: "" });
      }),
  };
};

/** What is in a queue. */
export type QueueContent = Awaited<ReturnType<ReturnType<typeof makeQueueWork>["read"]>>;
