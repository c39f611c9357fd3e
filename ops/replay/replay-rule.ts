import {
  DescribeArchiveCommand,
  type DescribeArchiveResponse,
  type DescribeReplayResponse,
  EventBridgeClient,
  StartReplayCommand,
} from "@aws-sdk/client-eventbridge";
import { workflows } from "../../infra/workflows.ts";
import { type Place, placeOf } from "../command/target.ts";
import { problemOf } from "../command/errors.ts";
import { placeText } from "../command/target-options.ts";
import type { ReplayOptions } from "../replay-options.ts";
import { remarksOn, type ReplayWindow, said } from "./replay-window.ts";
import type { Stack } from "../command/stack.ts";
import { Unusable } from "../unusable.ts";
import { watchReplay } from "./watch-replay.ts";

/** Gives the events of a window in a stack's archive to one of its rules again, or says what that would touch; returns the exit code. */
export const replayRule = async (options: ReplayOptions, signal: AbortSignal): Promise<number> => {
  const place = await placeOf(options);
  const { stack, config } = place;
  const eventBridge = new EventBridgeClient(config);
  const rule = ruleOf(options.rule, stack);
  const archive = await eventBridge.send(new DescribeArchiveCommand({ ArchiveName: stack.archive.name }));
  // A runner plays what happened long ago, so its archive may have events of any time.
  const bounds = options.local === undefined ? archive : {};
  const remarks = remarksOn(options, bounds, Date.now());
  console.log([planOf(place, rule, archive, options), ...remarks].join("\n"));
  if (signal.aborted) return 130;
  if (options.dryRun) return 0;

  // An operator may look only at replays that are named after the archive; AWS keeps each name for 90 days.
  const name = `${stack.archive.name}-${Date.now().toString(36)}`;
  const command = new StartReplayCommand({
    ReplayName: name,
    Description: `npm run replay: ${rule.name}`,
    EventSourceArn: stack.archive.arn,
    EventStartTime: options.from,
    EventEndTime: options.to,
    Destination: { Arn: stack.bus.arn, FilterArns: [rule.arn] },
  });
  await eventBridge.send(command);
  console.log(`Started as ${name}.`);
  try {
    return told(await watchReplay(eventBridge, name, options, signal), options, signal);
  } catch (error) {
    const problem = problemOf(error);
    if (problem === null) throw error;
    console.error(`${problem}\nThe replay goes on. To watch it: ${watching(name, stack, options)}`);
    return 1;
  }
};

interface Rule {
  name: string;
  arn: string;
  eventType: string;
  machineArn: string;
}

const ruleOf = (name: string, { rules, stateMachines }: Stack): Rule => {
  const workflow = workflows.find((one) => `${one.name}-rule` === name);
  const arn = rules[name];
  const machineArn = stateMachines[workflow?.name ?? ""];
  if (workflow && arn !== undefined && machineArn !== undefined)
    return { name, arn, eventType: workflow.eventType, machineArn };
  const known = workflows.map((one) => `${one.name}-rule`).filter((one) => one in rules);
  throw new Unusable(`${name} is no rule that the archive can be replayed to; there are ${known.join(", ")}`);
};

const planOf = ({ name }: Place, rule: Rule, archive: DescribeArchiveResponse, window: ReplayWindow): string => {
  const { ArchiveName, State, RetentionDays, EventCount, SizeBytes } = archive;
  const kept = RetentionDays ? `for ${RetentionDays} days` : "for ever";
  return `From the archive of ${name}:
  archive  ${ArchiveName}, ${State}; keeps events ${kept}, and has about ${EventCount} (${SizeBytes} bytes)
  window   from ${said(window.from)} until before ${said(window.to)}, by when Stripe created the event
  rule     ${rule.name}, which takes ${rule.eventType} and nothing else
  starts   ${rule.machineArn}`;
};

const told = (replay: DescribeReplayResponse, options: ReplayOptions, signal: AbortSignal): number => {
  const { State, StateReason, EventLastReplayedTime: time } = replay;
  if (State === "COMPLETED") {
    const see = `npm run redrive -- ${placeText(options)} --dry-run`;
    const all = `All of the window was replayed. What failed again is in the dead-letter queue: ${see}`;
    console.log(time ? all : "The archive had no event of this window.");
    return 0;
  }
  // The events of a minute come in any order.
  const next = time ? new Date(Math.floor(time.getTime() / 60_000) * 60_000) : options.from;
  console.error(`The replay ${State}${StateReason ? `: ${StateReason}` : ""}. For the rest: --from ${said(next)}`);
  return State === "CANCELLED" && signal.aborted ? 130 : 1;
};

const watching = (name: string, { archive }: Stack, { local }: ReplayOptions): string => {
  const region = archive.arn.split(":")[3];
  const where = local === undefined ? `--region ${region}` : `--region ${region} --endpoint-url ${local}`;
  return `aws events describe-replay --replay-name ${name} ${where}`;
};
