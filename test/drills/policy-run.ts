import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { CancelReplayCommand, EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { workflows } from "../../infra/workflows.ts";
import { type Graph, ofType } from "../../emulator/graph/graph.ts";
import type { Needs } from "../../tools/audit/least-privilege.ts";
import type { Outcome } from "../../local/outcome.ts";
import { lineOf, rowsOf } from "../../local/print.ts";
import { type Json, sampleEvent, sampleInvoice, sampleSubscription } from "../../samples/stripe-objects.ts";
import type { Use } from "../../emulator/iam/permissions.ts";
import { demandedWildcards, unseenUses } from "../../tools/audit/aws-only-uses.ts";
import { localConfig } from "../../ops/command/clients.ts";
import { redriveAll } from "../../ops/redrive/redrive-all.ts";
import { replayRule } from "../../ops/replay/replay-rule.ts";
import { showRecords } from "../../ops/show/show-records.ts";
import { readTrace } from "../../ops/trace/trace-event.ts";
import { largestData } from "../../emulator/stepfunctions/data-limit.ts";
import { captured } from "../helpers/captured.ts";
import { padded } from "../helpers/padded.ts";
import { person, planted } from "../helpers/planted.ts";
import { rejects } from "../helpers/rejects.ts";
import { type Serving, startServing } from "../helpers/serving.ts";
import { graphOf } from "../helpers/stack.ts";

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

const period = { start: 1_767_225_600, end: 1_769_904_000 };

const objectOf = (eventType: string, more: Json): Json => {
  if (eventType.startsWith("customer.subscription")) return planted({ ...sampleSubscription(period), ...more });
  const paid = sampleInvoice({ id: "in_run", amount: 580, created: period.start, paidAt: period.start, ...period });
  if (eventType.startsWith("invoice.")) return planted({ ...paid, ...more });
  const payment = { type: "payment_intent", payment_intent: planted({ id: "pi_run", object: "payment_intent" }) };
  const invoicePayment = { id: "inpay_run", object: "invoice_payment", invoice: paid, is_default: true, payment };
  return planted({ ...invoicePayment, ...more });
};

const customer = (id: string): Json => ({ customer: { id, object: "customer", ...person } });

// Somebody's name where each kind of object has what is none.
const { name: misplaced } = person;
const invalid = { amount_paid: misplaced, items: misplaced, is_default: misplaced };

/** What happens to an event of each type: it is handled, invalid, of nobody, of Stripe's test mode, or cannot be delivered. */
export const kinds = { good: {}, invalid, unknown: customer("cus_unknown"), "test-mode": {}, undelivered: {} };

const eventOf = (kind: keyof typeof kinds | "unforwarded", name: string, eventType: string): Json => {
  const more = { ...customer("cus_sample"), ...(kind !== "unforwarded" && kinds[kind]) };
  const object = objectOf(eventType, more);
  const previous = eventType.endsWith(".updated") ? planted({}) : undefined;
  return {
    ...sampleEvent(`evt_${kind}_${name}`, eventType, period.start, object, previous),
    livemode: kind !== "test-mode",
  };
};

const kindNames = Object.keys(kinds) as (keyof typeof kinds)[];

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
  const serving = await startServing({ graph, faults: { seed: 1, faults }, items: [user] });
  try {
    const events = [
      ...workflows.flatMap(({ name, eventType }) => kindNames.map((kind) => eventOf(kind, name, eventType))),
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
