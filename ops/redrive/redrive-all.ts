import { clientsOf } from "../command/clients.ts";
import { findTarget } from "../command/target.ts";
import type { TargetOptions } from "../command/target-options.ts";
import { makeProgressBar } from "../terminal/progress-bar.ts";
import { holdMessages, openQueues } from "./hold-messages.ts";
import { listingJson, listingText, resultLine, resultSummary } from "./listing.ts";
import { explainNoMatch } from "./no-match.ts";
import type { RedriveResult } from "./redrive-one.ts";
import { redriveSelected, type RedriveSelectedArgs } from "./redrive-selected.ts";
import { type Filters, hasFilter, selectDeadLetters, type Selection } from "./selection.ts";
import { showBodies } from "./show-bodies.ts";

/** What `npm run redrive` was asked to do. */
export interface RedriveOptions extends TargetOptions, Filters {
  /** Only list the messages. */
  dryRun?: boolean;
  /** Only print the bodies of the messages of this event, or of the message with this id. */
  show?: string;
  /** Print the list, and what became of it, as JSON. */
  json?: boolean;
  /** How many redrives of an event may fail before it is parked. */
  max: number;
  /** How many executions are started per second at most. */
  rate: number;
  /** Redrive the parking-lot queue. */
  parked?: boolean;
}

/** Redrives the messages of a stack's dead-letter queue, or lists them, and returns the exit code. */
export const redriveAll = async (options: RedriveOptions, signal: AbortSignal): Promise<number> => {
  const { name, stack, config } = await findTarget(options);
  const { sqs, sfn } = clientsOf(config);
  const queues = await openQueues(sqs, stack, options.parked);
  const onStuck = (messages: number, minutes: number) =>
    console.error(`${messages} stay invisible for up to ${minutes} minutes more`);
  return holdMessages({ ...queues, rate: options.rate, signal, onStuck }, async (held) => {
    if (options.show !== undefined)
      return signal.aborted ? 130 : showBodies(options.show, held.messages.values(), stack);
    const selection = selectDeadLetters(held.messages.values(), stack, options);
    const exitCode = list(selection, name, options);
    if (signal.aborted) return 130;
    if (options.dryRun || exitCode !== 0) return exitCode;
    const statuses = await redriveAndPrint(selection, { ...queues, ...options, sfn, held, signal });
    if (signal.aborted) return 130;
    return statuses.every((status) => status === "redriven") ? 0 : 1;
  });
};

// Prints what is in the queue, and returns the exit code: not 0 if the filters take nothing of it.
const list = (selection: Selection, name: string, options: RedriveOptions): number => {
  const { selected, unreadable, others } = selection;
  const count = selected.length + unreadable.length + others.length;
  const queueName = `the ${options.parked ? "parking-lot" : "dead-letter"} queue of ${name}`;
  const hasNoMatch = hasFilter(options) && selected.length === 0;
  if (options.json && (options.dryRun || hasNoMatch)) console.log(listingJson(selection));
  if (!options.json) console.log(count === 0 ? `There is nothing in ${queueName}.` : `${count} in ${queueName}:`);
  if (!options.json && count > 0) console.log(listingText(selection));
  if (!hasNoMatch) return 0;
  const { text, exitCode } = explainNoMatch(selection, options);
  console.error(text);
  return exitCode;
};

const redriveAndPrint = async (
  selection: Selection,
  args: Omit<RedriveSelectedArgs, "onResult"> & Pick<RedriveOptions, "json">,
): Promise<RedriveResult["status"][]> => {
  const { selected, unreadable } = selection;
  const bar = selected.length > 0 ? makeProgressBar("{bar} {value}/{total} dead letters, {eta_formatted} to go") : null;
  bar?.start(selected.length, 0);
  const results = await redriveSelected(selected, { ...args, onResult: () => bar?.increment() });
  bar?.stop();

  const statuses = [...[...results.values()].map(({ status }) => status), ...unreadable.map(() => "left" as const)];
  if (args.json) console.log(listingJson(selection, results));
  else {
    // On a terminal a line each would tear the bar, so they come after it.
    for (const [deadLetter, result] of results) {
      if (result.status !== "redriven") console.log(resultLine(deadLetter, result));
    }
    if (statuses.length > 0) console.log(resultSummary(statuses));
  }
  return statuses;
};
