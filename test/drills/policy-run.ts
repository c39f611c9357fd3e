import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { CancelReplayCommand, EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { workflows } from "../../infra/workflows.ts";
import { type Graph, ofType } from "../../emulator/graph/graph.ts";
import type { Needs } from "../../tools/audit/least-privilege.ts";
import type { Outcome } from "../../local/print/outcome.ts";
import { lineOf, rowsOf } from "../../local/print/print.ts";
import { sampleOf } from "../../samples/events.ts";
import { subjectOf } from "../../samples/month.ts";
import type { Json } from "../../samples/stripe-objects.ts";
import type { Use } from "../../emulator/iam/permissions.ts";
import { requiredWildcards, awsOnlyUses } from "../../tools/audit/aws-only-uses.ts";
import { findTarget } from "../../ops/command/target.ts";
import { localConfig } from "../../ops/command/clients.ts";
import { redriveAll } from "../../ops/redrive/redrive-all.ts";
import { replayRule } from "../../ops/replay/replay-rule.ts";
import { readAlarms } from "../../ops/system/read-alarms.ts";
import { readFigures } from "../../ops/system/read-figures.ts";
import { showRecords } from "../../ops/show/show-records.ts";
import { readTrace } from "../../ops/trace/read-trace.ts";
import { largestData } from "../../emulator/stepfunctions/limits.ts";
import { runBackground } from "./policy-background.ts";
import { runPublishing } from "./policy-publishing.ts";
import { captured } from "../helpers/captured.ts";
import { padded } from "../helpers/padded.ts";
import { person, planted } from "../helpers/planted.ts";
import { rejects } from "../helpers/rejects.ts";
import { type Serving, startServing } from "../helpers/serving.ts";
import { graphOf } from "../helpers/stack.ts";

/** The result of a run of prod's graph with every type of event and every kind of failure. */
export interface PolicyRun {
  graph: Graph;
  /** The outcome of each event, by its id. */
  outcomes: Map<string, Outcome>;
  /** The uses of the policies. */
  uses: Use[];
  /** Everything that it wrote, as text; each log group apart. */
  written: { output: string; metrics: string; rows: string; deadLetters: string; logs: Map<string, string> };
}

/** What happens to an event of each type: it is handled, invalid, of an unknown user, of Stripe's test mode, or cannot be delivered. */
export const kinds = ["good", "invalid", "unknown", "test-mode", "undelivered"] as const;

const eventOf = (kind: (typeof kinds)[number] | "unforwarded", name: string, eventType: string): Json => {
  const customer = kind === "unknown" ? "cus_unknown" : "cus_sample";
  const subject = { ...subjectOf("run", 1_767_225_600), customer, userId: null };
  const { event } = sampleOf(eventType, subject, `evt_${kind}_${name}`);
  const { object, previous_attributes: previous } = Object(event["data"]);
  const whole = planted(expanded(object));
  const data = {
    object: kind === "invalid" ? misplaced(whole) : whole,
    ...(previous && { previous_attributes: planted(previous) }),
  };
  return { ...event, data, livemode: kind !== "test-mode" };
};

// As Stripe sends an object of which others are expanded: each that it names by its id is there itself.
const expanded = (object: Json): Json =>
  Object.fromEntries(
    Object.entries(object).map(([key, value]) => {
      const isReference = key !== "id" && typeof value === "string" && /^(cus|in|pi|ch)_/.test(value);
      return [key, isReference ? { id: value, object: key, ...person } : value];
    }),
  );

// A person's name in the place of every number and boolean.
const misplaced = (object: Json): Json =>
  Object.fromEntries(
    Object.entries(object).map(([key, value]) => [key, /number|boolean/.test(typeof value) ? person["name"] : value]),
  );

/** Runs events of every type and kind through prod's graph, redrives and parks what is dead-lettered, redrives what is parked, and replays. */
export const runAll = async (): Promise<PolicyRun> => {
  const graph = await graphOf("prod");
  const undelivered = workflows.map(({ name }) => `evt_undelivered_${name}`);
  const unforwarded = eventOf("unforwarded", "all", "invoice.paid");
  const faults = [
    { hop: "delivery" as const, kind: "fails" as const, events: undelivered },
    { hop: "forward" as const, kind: "fails" as const, events: [`${unforwarded["id"]}`] },
    ...ofType(graph, "aws:scheduler/schedule:Schedule").map(({ inputs }) => ({
      hop: "delivery" as const,
      kind: "fails" as const,
      probability: 1,
      at: `${inputs["name"]}`,
    })),
  ];
  const user = { PK: "USER#user_run", SK: "SUBSCRIPTION", customer_id: "cus_sample" };
  const serving = await startServing({ graph, faults: { seed: 1, faults }, items: [user] });
  try {
    const events = [
      ...workflows.flatMap(({ name, eventType }) => kinds.map((kind) => eventOf(kind, name, eventType))),
      unforwarded,
    ];
    const outcomes = await Promise.all(events.map((event) => serving.handle(event)));
    const deadLetters = JSON.stringify((await serving.dump()).deadLetters);
    await runPublishing(serving);
    await runBackground(serving);
    // Its machine cannot even dead-letter it, so that the redrive counts the attempt.
    const full = padded(serving.envelope(eventOf("good", "full", "invoice.paid")), largestData);
    const TARGET_ARN = `${serving.stack.stateMachines["invoice-paid"]}`;
    serving.deadLetters.send(JSON.stringify(full), Date.now(), { TARGET_ARN });
    const printed = await operate(serving);
    const dump = await serving.dump();
    return {
      graph,
      outcomes: new Map(outcomes.map((outcome) => [outcome.eventId, outcome])),
      uses: await serving.uses(),
      written: {
        output: [
          ...outcomes.map(lineOf),
          ...outcomes.map((outcome) => JSON.stringify(outcome)),
          rowsOf(dump),
          printed,
        ].join("\n"),
        metrics: JSON.stringify(serving.cloudwatch.metrics.all()),
        rows: JSON.stringify([dump.core, dump.payments]),
        deadLetters,
        logs: logsOf(serving),
      },
    };
  } finally {
    await serving.stop();
  }
};

const logsOf = ({ graph, logs }: Serving): Map<string, string> =>
  new Map(
    ofType(graph, "aws:cloudwatch/logGroup:LogGroup").map(({ name, inputs }) => [
      name,
      (logs.eventsOf(`${inputs["name"]}`) ?? []).map(({ message }) => message).join("\n"),
    ]),
  );

// All that an operator may do: list both queues, redrive, park, redrive the parking lot, replay, trace an event of each type,
// show records, and read alarms and metrics. Returns what the commands printed.
const operate = async ({ url, stack, replays }: Serving): Promise<string> => {
  const window = { from: new Date(0), to: new Date() };
  const redrive = (more: object) =>
    redriveAll({ local: url, dryRun: false, parked: false, max: 1, rate: 1000, ...more }, new AbortController().signal);
  const { logs: printed } = await captured(async () => {
    await redrive({ dryRun: true });
    await redrive({});
    await redrive({});
    await redrive({ parked: true, dryRun: true });
    await redrive({ parked: true });
    await replayRule({ ...window, local: url, dryRun: false, rule: "invoice-paid-rule" }, new AbortController().signal);
  });
  // It has ended, so that it cannot be cancelled; but the policy allows the call.
  const [ReplayName] = replays.all.keys();
  await rejects(new EventBridgeClient(localConfig(stack.bus.arn, url)).send(new CancelReplayCommand({ ReplayName })));
  const logs = new CloudWatchLogsClient(localConfig(stack.bus.arn, url));
  const traced = workflows.map(({ name }) => readTrace(`evt_good_${name}`, { logs, stack, since: new Date(0) }));
  const show = { local: url, limit: 1, since: new Date(0), json: true };
  const shown = await captured(() => Promise.all(["cus_sample", "in_run"].map((id) => showRecords(id, show))));
  const target = await findTarget({ local: url });
  await Promise.all([readAlarms(target), readFigures(target, new Date())]);
  return [...printed, ...shown.logs, JSON.stringify(await Promise.all(traced))].join("\n");
};

/** What the policies of a graph are checked against: the uses of a run, and those that only AWS makes. */
export const needsOf = ({ graph, uses }: Pick<PolicyRun, "graph" | "uses">): Needs => ({
  uses: [...uses, ...awsOnlyUses(graph)],
  wildcards: requiredWildcards(graph),
});
