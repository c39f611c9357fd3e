import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { CancelReplayCommand, EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { workflows } from "../../infra/workflows.ts";
import { type Graph, ofType } from "../../emulator/graph/load.ts";
import type { Needs } from "./least-privilege.ts";
import type { Outcome } from "../../local/outcome.ts";
import { lineOf, rowsOf } from "../../local/print.ts";
import { sampleOf } from "../../samples/events.ts";
import { subjectOf } from "../../samples/month.ts";
import type { Json } from "../../samples/stripe-objects.ts";
import type { Use } from "../../emulator/iam/permissions.ts";
import { demandedWildcards, unseenUses } from "./aws-only-uses.ts";
import { localConfig } from "../../ops/command/clients.ts";
import { redriveAll } from "../../ops/redrive/redrive-all.ts";
import { replayRule } from "../../ops/replay/replay-rule.ts";
import { showRecords } from "../../ops/show/show-records.ts";
import { readTrace } from "../../ops/trace/trace-event.ts";
import { largestData } from "../../emulator/stepfunctions/data-limit.ts";
import { captured } from "../../test/helpers/captured.ts";
import { padded } from "../../test/helpers/padded.ts";
import { person, planted } from "../../test/helpers/planted.ts";
import { rejects } from "../../test/helpers/rejects.ts";
import { type Serving, startServing } from "../../test/helpers/serving.ts";
import { graphOf } from "../../test/helpers/stack.ts";

/** What a run of prod's graph through all that can happen has shown. */
export interface PolicyRun {
  graph: Graph;
  /** What became of each event, by its id. */
  outcomes: Map<string, Outcome>;
  /** What was asked of the policies. */
  uses: Use[];
  /** All that it wrote anywhere, as text; each log group for itself. */
  written: { output: string; metrics: string; rows: string; deadLetters: string; logs: Map<string, string> };
}

/** What happens to an event of each type: it is handled, invalid, of nobody, of Stripe's test mode, or cannot be delivered. */
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

// Somebody's name in the place of every number, and of whatever is true or false.
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
  ];
  const user = { PK: "USER#user_run", SK: "SUBSCRIPTION", customer_id: "cus_sample" };
  const serving = await startServing({ graph, faults: { seed: 1, faults }, seed: [user] });
  try {
    const events = [
      ...workflows.flatMap(({ name, eventType }) => kinds.map((kind) => eventOf(kind, name, eventType))),
      unforwarded,
    ];
    const outcomes = await Promise.all(events.map((event) => serving.handle(event)));
    const deadLetters = JSON.stringify((await serving.dump()).deadLetters);
    serving.stopFaults();
    // Its machine cannot even dead-letter it, so that the redrive counts it.
    const full = padded(serving.envelope(eventOf("good", "full", "invoice.paid")), largestData);
    const TARGET_ARN = `${serving.stack.stateMachines["invoice-paid"]}`;
    serving.deadLetters.send(JSON.stringify(full), Date.now(), { TARGET_ARN });
    const said = await operate(serving);
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
          said,
        ].join("\n"),
        metrics: JSON.stringify(serving.watch.metrics.all()),
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

// What an operator may do: look into both queues, redrive, park what failed again, redrive what is parked, replay, trace an event
// of each type, and show records. Returns what they were told.
const operate = async ({ url, stack, replays }: Serving): Promise<string> => {
  const window = { from: new Date(0), to: new Date() };
  const redrive = (more: object) =>
    redriveAll({ local: url, dryRun: false, parked: false, max: 1, rate: 1000, ...more }, new AbortController().signal);
  const { logs: said } = await captured(async () => {
    await redrive({ dryRun: true });
    await redrive({});
    await redrive({});
    await redrive({ parked: true, dryRun: true });
    await redrive({ parked: true });
    await replayRule({ ...window, local: url, dryRun: false, rule: "invoice-paid-rule" }, new AbortController().signal);
  });
  // It is over, so that it cannot be cancelled; but it may be asked for.
  const [ReplayName] = replays.all.keys();
  await rejects(new EventBridgeClient(localConfig(stack.bus.arn, url)).send(new CancelReplayCommand({ ReplayName })));
  const logs = new CloudWatchLogsClient(localConfig(stack.bus.arn, url));
  const traced = workflows.map(({ name }) => readTrace(`evt_good_${name}`, { logs, stack, since: new Date(0) }));
  const show = { local: url, limit: 1, since: new Date(0), json: true };
  const shown = await captured(() => Promise.all(["cus_sample", "in_run"].map((id) => showRecords(id, show))));
  return [...said, ...shown.logs, JSON.stringify(await Promise.all(traced))].join("\n");
};

/** What the policies of a graph are held against: what was used of them, and what no laptop can use. */
export const needsOf = ({ graph, uses }: Pick<PolicyRun, "graph" | "uses">): Needs => ({
  uses: [...uses, ...unseenUses(graph)],
  wildcards: demandedWildcards(graph),
});
