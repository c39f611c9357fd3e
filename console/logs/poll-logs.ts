import { type CloudWatchLogsClient, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { optional, string, type, validate } from "superstruct";
import { parseJson } from "../../emulator/graph/json.ts";
import { pause } from "../../ops/command/follow-execution.ts";
import type { Stack } from "../../ops/command/stack.ts";
import { type LambdaLine, machineOf, readLambdaLine } from "../../ops/trace/event-logs.ts";
import type { EventList } from "../events/event-list.ts";
import { problemOf } from "../runs.ts";
import { type ExecutionEnd, executionRow } from "./execution-row.ts";

/** Which logs are polled, since when, and how fast. */
export interface PollArgs {
  logs: CloudWatchLogsClient;
  stack: Stack;
  events: EventList;
  /** Milliseconds since 1970. */
  since: number;
  signal: AbortSignal;
  /** Requests per second at most. */
  perSecond?: number;
}

// FilterLogEvents takes 5 requests a second, of an account in a region, a quota that AWS does not raise; traces need the others:
// https://repost.aws/knowledge-center/cloudwatch-logs-throttling
const usualPerSecond = 2;

// Lines come late, and not in their order.
const lateMilliseconds = 60_000;

const afterErrorMilliseconds = 10_000;

const keptExecutions = 5000;

// An Express execution ends within five minutes; a minute more, as its end may be logged late.
const longestMilliseconds = 6 * 60_000;

/** Fills a list from the logs of a stack, until the signal is aborted: an execution a row, which changes as the logs say more of it. */
export const pollLogs = async (args: PollArgs): Promise<void> => {
  const { stack, events, signal, since } = args;
  const executions = openExecutions(stack, events);
  const newest = new Map<string, number>();
  const groups = groupsOf(stack);
  while (!signal.aborted) {
    // Of the machines those alone that an execution may still fail in.
    const open = executions.openMachines(Date.now() - longestMilliseconds);
    const polled = groups.filter(({ kind, name }) => kind === "lambda" || open.has(name));
    try {
      for (const group of polled) {
        const startTime = Math.max(since, (newest.get(group.name) ?? 0) - lateMilliseconds);
        const read = (text: string, at: number): void => {
          newest.set(group.name, Math.max(at, newest.get(group.name) ?? 0));
          executions[group.kind](text, group.name, at);
        };
        await readGroup(group, startTime, args, read);
        executions.flush();
      }
      events.problem = null;
    } catch (error) {
      if (signal.aborted) return;
      events.problem = `The list is not current: ${problemOf(error)}`;
      await pause(afterErrorMilliseconds, signal);
    }
  }
};

interface Group {
  kind: "lambda" | "machine";
  name: string;
  logGroupName: string;
  filterPattern: string;
}

// A reconciliation logs a line for each object that differs; its own command shows it.
const withoutEvents = ["compare-page"];

const groupsOf = ({ logGroups, stateMachines }: Stack): Group[] =>
  Object.entries(logGroups)
    .filter(([name]) => !withoutEvents.includes(name))
    .map(([name, logGroupName]) =>
      name in stateMachines
        ? { kind: "machine", name, logGroupName, filterPattern: ends }
        : { kind: "lambda", name, logGroupName, filterPattern: '{ $.message.execution = "*" }' },
    );

const ends = '{ $.type = "ExecutionFailed" || $.type = "ExecutionTimedOut" }';

const readGroup = async (
  { logGroupName, filterPattern }: Group,
  startTime: number,
  { logs, signal, perSecond = usualPerSecond }: PollArgs,
  read: (text: string, at: number) => void,
): Promise<void> => {
  let nextToken: string | undefined;
  do {
    const input = { logGroupName, filterPattern, startTime, nextToken };
    const page = await logs.send(new FilterLogEventsCommand(input), { abortSignal: signal });
    for (const { message = "", timestamp = 0 } of page.events ?? []) read(message, timestamp);
    nextToken = page.nextToken;
    await pause(1000 / perSecond, signal);
  } while (nextToken !== undefined && !signal.aborted);
};

const EndLine = type({
  type: string(),
  execution_arn: string(),
  details: type({ error: optional(string()), cause: optional(string()) }),
});

interface Known {
  /** By their texts, as a line is read more than once. */
  lines: Map<string, LambdaLine>;
  end?: ExecutionEnd;
}

// Gathers the lines of each execution, and lists those that have changed.
const openExecutions = (stack: Stack, events: EventList) => {
  const executions = new Map<string, Known>();
  const changed = new Set<string>();
  // Up to then executions are forgotten: another log group's lines of them would make rows of a part of what is known.
  let prunedUpTo = 0;
  const prune = (): void => {
    const byTime = [...executions].toSorted(([, a], [, b]) => firstOf(a.lines) - firstOf(b.lines));
    for (const [arn, { lines }] of byTime.slice(0, keptExecutions / 10)) {
      executions.delete(arn);
      changed.delete(arn);
      prunedUpTo = Math.max(prunedUpTo, firstOf(lines));
    }
  };
  const find = (arn: string, at: number): Known | null => {
    const known = executions.get(arn);
    if (known || at <= prunedUpTo) return known ?? null;
    if (executions.size >= keptExecutions) prune();
    const begun: Known = { lines: new Map() };
    executions.set(arn, begun);
    return begun;
  };
  return {
    openMachines: (since: number): Set<string> => {
      const open = [...executions].filter(([, { lines, end }]) => !end && firstOf(lines) >= since);
      return new Set(open.map(([arn]) => machineOf(arn, stack)));
    },
    lambda: (text: string, name: string, at: number): void => {
      for (const line of readLambdaLine(text, name, at)) {
        const execution = find(line.execution, at);
        if (!execution) continue;
        if (!execution.lines.has(text)) changed.add(line.execution);
        execution.lines.set(text, line);
      }
    },
    machine: (text: string, _name: string, at: number): void => {
      const [error, line] = validate(parseJson(text), EndLine);
      if (error) return;
      const execution = find(line.execution_arn, at);
      if (!execution) return;
      if (!execution.end) changed.add(line.execution_arn);
      execution.end = { at, type: line.type, ...line.details };
    },
    flush: (): void => {
      const rows = [...changed].flatMap((arn) => {
        const known = executions.get(arn);
        return known ? [executionRow(arn, [...known.lines.values()], known.end, stack)] : [];
      });
      changed.clear();
      for (const row of rows.toSorted((a, b) => a.at - b.at)) events.add(row);
    },
  };
};

const firstOf = (lines: Known["lines"]): number =>
  [...lines.values()].reduce((first, { at }) => Math.min(first, at), Infinity);
