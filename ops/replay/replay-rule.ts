import {
  DescribeArchiveCommand,
  type DescribeArchiveResponse,
  type DescribeReplayResponse,
  EventBridgeClient,
  StartReplayCommand,
} from "@aws-sdk/client-eventbridge";
import { workflows } from "../../infra/workflows.ts";
import { messageForUser, UserError } from "../command/errors.ts";
import type { Stack } from "../command/stack.ts";
import { findTarget, type Target } from "../command/target.ts";
import { type TargetOptions, targetText } from "../command/target-options.ts";
import { escapeText } from "../terminal/escape.ts";
import { wrapText } from "../terminal/fit.ts";
import { formatTime } from "../terminal/format-time.ts";
import { type ReplayWindow, windowWarnings } from "./replay-window.ts";
import { watchReplay } from "./watch-replay.ts";

/** What `npm run replay` was asked to do. */
export interface ReplayOptions extends TargetOptions, ReplayWindow {
  /** Only print what would be replayed. */
  dryRun?: boolean;
  /** The name of the rule that gets the events. */
  rule: string;
}

/** Replays a time window of a stack's archive to one of its rules, or prints what that would do; returns the exit code. */
export const replayRule = async (options: ReplayOptions, signal: AbortSignal): Promise<number> => {
  const target = await findTarget(options);
  const { stack, config } = target;
  const eventBridge = new EventBridgeClient(config);
  const rule = ruleOf(options.rule, stack);
  const archive = await eventBridge.send(new DescribeArchiveCommand({ ArchiveName: stack.archive.name }));
  // The runner plays events of long ago, so its archive may hold events of any time.
  const bounds = options.local === undefined ? archive : {};
  const warnings = windowWarnings(options, bounds, Date.now());
  console.log([planOf(target, rule, archive, options), ...warnings.map((warning) => wrapText(warning, 2))].join("\n"));
  if (signal.aborted) return 130;
  if (options.dryRun) return 0;

  // The operator's policy allows only replays that are named after the archive; AWS keeps each name for 90 days.
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
    return report(await watchReplay(eventBridge, name, options, signal), options, signal);
  } catch (error) {
    const message = messageForUser(error);
    if (message === null) throw error;
    const watch = `The replay goes on. To watch it: ${watching(name, stack, options)}`;
    console.error(wrapText(`${escapeText(message)}\n${watch}`, 2));
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
  throw new UserError(`The archive cannot be replayed to a rule ${name}. Rules of this stack: ${known.join(", ")}`);
};

const planOf = ({ name }: Target, rule: Rule, archive: DescribeArchiveResponse, window: ReplayWindow): string => {
  const { ArchiveName, State, RetentionDays, EventCount, SizeBytes } = archive;
  const kept = RetentionDays ? `for ${RetentionDays} days` : "without expiry";
  const { from, to } = window;
  return [
    `From the archive of ${name}:`,
    `  archive  ${wrapText(`${ArchiveName}, ${State}; keeps events ${kept}, and holds about ${EventCount} (${SizeBytes} bytes)`, 11)}`,
    `  window   ${wrapText(`from ${formatTime(from)} until before ${formatTime(to)}, by when Stripe created the event`, 11)}`,
    `  rule     ${wrapText(`${rule.name}, which takes ${rule.eventType} and nothing else`, 11)}`,
    `  starts   ${wrapText(rule.machineArn, 11)}`,
  ].join("\n");
};

const report = (replay: DescribeReplayResponse, options: ReplayOptions, signal: AbortSignal): number => {
  const { State, StateReason, EventLastReplayedTime: time } = replay;
  if (State === "COMPLETED") {
    const see = `npm run redrive -- --dry-run ${targetText(options)}`;
    const all = `All of the window was replayed. What failed again is in the dead-letter queue: ${see}`;
    console.log(wrapText(time ? all : "The archive holds no event of this window.", 2));
    return 0;
  }
  // EventBridge replays the events of a minute in any order.
  const next = time ? new Date(Math.floor(time.getTime() / 60_000) * 60_000) : options.from;
  const reason = StateReason ? `: ${escapeText(StateReason)}` : "";
  console.error(wrapText(`The replay ${State}${reason}. For the rest: --from ${formatTime(next)}`, 2));
  return State === "CANCELLED" && signal.aborted ? 130 : 1;
};

const watching = (name: string, { archive }: Stack, { local }: ReplayOptions): string => {
  const region = archive.arn.split(":")[3];
  const where = local === undefined ? `--region ${region}` : `--region ${region} --endpoint-url ${local}`;
  return `aws events describe-replay --replay-name ${name} ${where}`;
};
