import { stripVTControlCharacters } from "node:util";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type ReconcileOptions, reconcileStack } from "../../ops/reconcile/reconcile-stack.ts";
import type { Difference } from "../../ops/reconcile/run-logs.ts";
import type { Summary } from "../../ops/reconcile/run-output.ts";
import { captured } from "../helpers/captured.ts";
import { noDifferences } from "../helpers/no-differences.ts";
import { runCommand } from "../helpers/command.ts";
import { rejects } from "../helpers/rejects.ts";
import { type ScriptedAws, type ScriptedCalls, startScriptedAws } from "../helpers/scripted-aws.ts";

const test = suite("npm run reconcile");

const account = "ap-northeast-1:123456789012";
const machineArn = `arn:aws:states:${account}:stateMachine:dev-homebiyori-reconcile`;
const executionArn = (name: string) => `arn:aws:states:${account}:execution:dev-homebiyori-reconcile:${name}`;
const queue = { url: "http://127.0.0.1/queue", arn: `arn:aws:sqs:${account}:queue` };

const outputs = {
  eventSource: "homebiyori.stripe.test",
  bus: { name: "bus", arn: `arn:aws:events:${account}:event-bus/bus` },
  archive: { name: "archive", arn: `arn:aws:events:${account}:archive/archive` },
  rules: {},
  stateMachines: { reconcile: machineArn },
  deadLetterQueue: queue,
  parkedQueue: queue,
  logGroups: { "compare-page": "/aws/lambda/dev-homebiyori-compare-page" },
  tables: { core: "core", payments: "payments" },
};

let calls: ScriptedCalls = {};
let aws: ScriptedAws;
test.before(async () => {
  aws = await startScriptedAws(outputs, () => calls);
});
test.after(() => aws.stop());

const summaryOf = (more: Partial<Summary>): Summary => ({
  ...noDifferences,
  pages: 1,
  compared: 3,
  equal: 3,
  ...more,
});

const differs = (id: string, more: Partial<Difference> = {}): object => ({
  message: "Differs",
  kind: "subscription",
  id,
  userId: "hanako",
  outcome: "healed",
  reason: null,
  differences: [{ field: "status", ours: "active", stripes: "past_due" }],
  ...more,
});

const pageLine = (summary: Summary) => ({ message: "Page reconciled", list: "subscriptions", summary });

interface Execution {
  /** What it has logged; a function is asked each time. */
  lines?: object[] | (() => object[]);
  /** What DescribeExecution says after it has said RUNNING once. */
  end: object;
}

const succeeded = (run: object) => ({ status: "SUCCEEDED", output: JSON.stringify({ run }) });

const started: Record<string, string>[] = [];

// The first execution has the name that it is started with.
const script = (first: Execution, more: Record<string, Execution> = {}): void => {
  const executions = new Map(Object.entries(more).map(([name, one]) => [executionArn(name), one]));
  const described = new Set<string>();
  calls = {
    StartExecution: (input) => {
      started.push(input);
      executions.set(executionArn(`${input["name"]}`), first);
      return { executionArn: executionArn(`${input["name"]}`), startDate: 1_790_000_000 };
    },
    DescribeExecution: ({ executionArn: arn = "" }) => {
      const isFirst = !described.has(arn);
      described.add(arn);
      return { executionArn: arn, ...(isFirst ? { status: "RUNNING" } : executions.get(arn)?.end) };
    },
    FilterLogEvents: ({ filterPattern = "", logGroupName }) => {
      assert.is(logGroupName, outputs.logGroups["compare-page"]);
      const [, arn = ""] = /^\{ \$\.message\.execution = "(.*)" \}$/.exec(filterPattern) ?? [];
      const lines = executions.get(arn)?.lines ?? [];
      const events = (Array.isArray(lines) ? lines : lines()).map((message) => ({
        timestamp: 1_790_000_000_000,
        message: JSON.stringify({ message: { execution: arn, ...message } }),
      }));
      return { events };
    },
  };
};

const reconcile = async (options: Partial<ReconcileOptions> = {}, signal = new AbortController().signal) => {
  const { result: code, logs } = await captured(() => reconcileStack({ local: aws.url, ...options }, signal, 1));
  return { code, said: stripVTControlCharacters(logs.join("\n")), logs: logs.map(String) };
};

test("starts the state machine with what it was asked for, under a name of its own", async () => {
  script({ end: succeeded({ next: "done", summary: summaryOf({}) }) });
  const { code, said } = await reconcile();
  assert.is(code, 0);
  await reconcile({ since: new Date("2026-01-31T00:00:00Z"), customer: "cus_1", dryRun: true });
  await reconcile({ subscription: "sub_1" });
  const [all, some, one] = started.splice(0).map(({ input, ...rest }) => ({ ...rest, ...JSON.parse(`${input}`) }));
  assert.is(all.stateMachineArn, machineArn);
  assert.match(all.name, /^reconcile-[0-9a-z]+-[0-9a-f]{8}$/);
  assert.match(said, `Started as ${all.name}.\n`);
  assert.not.equal(all.name, some.name);
  assert.equal(
    [all, some, one].map(({ run }) => run),
    [{}, { since: 1_769_817_600, backfill: true, customer: "cus_1", dryRun: true }, { subscription: "sub_1" }],
  );
});

test("shows its progress, what differs, and the summary", async () => {
  const healed = { ...noDifferences.healed, subscriptions: 1, failedPayments: 2, refunds: 1, disputes: 2 };
  const summary = summaryOf({
    pages: 2,
    compared: 12,
    equal: 4,
    healed,
    confirmed: 1,
    unknownCustomers: 1,
    noneOfOurs: 1,
  });
  const isMissing = ["status", "amount"].map((field) => ({ field, ours: null, stripes: "other" }));
  const unknown = { kind: "subscription", userId: null, outcome: "unknown_customer", reason: "No user is known" };
  script({
    lines: [
      pageLine(summaryOf({ compared: 5, equal: 5 })),
      differs("sub_1"),
      differs("in_1", { kind: "failed_payment", differences: [{ field: "amount", ours: null, stripes: 580 }] }),
      differs("in_2", { kind: "failed_payment", differences: [] }),
      differs("re_1", { kind: "refund", differences: [{ field: "status", ours: "pending", stripes: "failed" }] }),
      differs("dp_1", { kind: "dispute", differences: isMissing }),
      differs("dp_2", { kind: "dispute", differences: isMissing }),
      differs("sub_2", { ...unknown, differences: [] }),
    ],
    end: succeeded({ next: "done", summary }),
  });
  const { code, said } = await reconcile();
  assert.is(code, 0);
  assert.match(said, "\nsubscriptions: 1 page, 5 objects, 0 differ\n");
  assert.match(said, /\n {2}id +kind +outcome +user +here → Stripe +reason\n/);
  assert.match(said, /\n {2}sub_1 +subscription +healed +hanako +status active → past_due\n/);
  assert.match(said, /\n {2}in_1 +failed_payment +healed +hanako +amount none → 580\n/);
  assert.match(said, /\n {2}re_1 +refund +healed +hanako +status pending → failed\n/);
  assert.match(said, /\n {2}dp_1 +dispute +healed +hanako +no row\n/);
  assert.match(said, /\n {2}sub_2 +subscription +unknown_customer +No user is known\n/);
  const found =
    "4 equal, 6 healed (1 subscription, 2 failed payments, 1 refund, 2 disputes), 1 confirmed, 1 of unknown customers, 1 none of ours";
  assert.match(said.replaceAll(/\n {2}(?=\S)/g, " "), `\n12 objects compared in 2 pages: ${found}`);
});

test("says what would be healed, in a dry run", async () => {
  const summary = summaryOf({ equal: 2, healed: { ...noDifferences.healed, payments: 1 } });
  const lines = [differs("in_1", { kind: "payment", outcome: "would_heal" })];
  script({ lines, end: succeeded({ next: "done", summary }) });
  const { said } = await reconcile({ dryRun: true });
  assert.match(said, "2 equal, 1 would be healed (1 payment)");
  assert.not.match(said, "cannot be found");
});

test("says which failed attempts it cannot find", async () => {
  script({ end: succeeded({ next: "done", summary: summaryOf({}) }) });
  const { said } = await reconcile({ since: new Date(0) });
  assert.match(said, /0 healed\nAttempts that failed more than 30 days ago cannot be found: Stripe keeps/);
});

test("prints one JSON object for each difference and the summary last, and the rest elsewhere", async () => {
  const summary = summaryOf({ equal: 2, healed: { ...noDifferences.healed, subscriptions: 1 } });
  script({ lines: [differs("sub_1"), pageLine(summary)], end: succeeded({ next: "done", summary }) });
  const { logs } = await reconcile({ json: true });
  const [difference, last] = `${logs.at(-1)}`.split("\n").map((line) => JSON.parse(line));
  assert.equal([difference.id, difference.outcome, last], ["sub_1", "healed", { summary }]);
  const { stdout } = await runCommand("reconcile", ["--local", aws.url, "--json"]);
  assert.equal(
    stdout
      .trim()
      .split("\n")
      .map((line) => Object.keys(JSON.parse(line)).at(-1)),
    ["differences", "summary"],
  );
  assert.equal(Object.keys(JSON.parse(stdout.split("\n")[0] ?? "")), [
    "kind",
    "id",
    "userId",
    "outcome",
    "reason",
    "differences",
  ]);
});

test("takes the summary of a stack that compares other kinds of objects", async () => {
  const older = { subscriptions: 1, payments: 0, creditNotes: 2 };
  const lines = ["sub_1", "cn_1", "cn_2"].map((id) => differs(id));
  script({ lines, end: succeeded({ next: "done", summary: summaryOf({ healed: older }) }) });
  assert.match((await reconcile()).said, "3 equal, 3 healed (1 subscription, 2 credit notes)");
});

test("goes on with the execution that continues it", async () => {
  const [first, last] = [
    summaryOf({ equal: 2, healed: { ...noDifferences.healed, subscriptions: 1 } }),
    summaryOf({ pages: 2 }),
  ];
  const second = { ...last, compared: 6, equal: 4, healed: { ...noDifferences.healed, subscriptions: 2 } };
  script(
    { lines: [differs("sub_1")], end: succeeded({ next: "execution", summary: first, name: "more" }) },
    { more: { lines: [differs("sub_2")], end: succeeded({ next: "done", summary: second }) } },
  );
  const { code, said } = await reconcile();
  assert.is(code, 0);
  assert.match(said, /sub_1 .*\n.*sub_2 .*\n6 objects compared in 2 pages: 4 equal, 2 healed \(2 subscriptions\)/);
});

test("waits for log lines that come late, takes an object's last one, and says how many have not come", async () => {
  const summary = summaryOf({ compared: 4, equal: 1, healed: { ...noDifferences.healed, subscriptions: 3 } });
  let asked = 0;
  const all = [differs("sub_1", { outcome: "failed" }), differs("sub_1"), differs("sub_2"), differs("sub_3")];
  const lines = () => all.slice(0, (asked += 1));
  script({ lines, end: succeeded({ next: "done", summary }) });
  const { said } = await reconcile();
  assert.equal(
    said.match(/sub_\d +subscription +\w+/g)?.map((line) => line.replaceAll(/ +/g, " ")),
    ["sub_1 subscription healed", "sub_2 subscription healed", "sub_3 subscription healed"],
  );
  const left = { newer: 1, unknownCustomers: 1, deletedCustomers: 1, refused: 1, failed: 1 };
  const many = summaryOf({ compared: 6, equal: 0, healed: { ...noDifferences.healed, subscriptions: 1 }, ...left });
  script({ lines: [differs("sub_1")], end: succeeded({ next: "done", summary: many }) });
  assert.match((await reconcile()).said, "The log does not have the lines of 5 of them yet");
});

test("ends with 1 where an object was refused or failed, or the execution did, and names the dead letter", async () => {
  for (const kind of ["refused", "failed"] as const) {
    script({
      end: succeeded({ next: "done", summary: summaryOf({ equal: 2, [kind]: 1 }) }),
      lines: [differs("sub_1")],
    });
    assert.is((await reconcile()).code, 1, kind);
  }
  const cause = JSON.stringify({ errorType: "StripeKeyRefused", errorMessage: "Stripe refuses the key" });
  const summary = summaryOf({ compared: 7, equal: 7 });
  script({ lines: [pageLine(summary)], end: { status: "FAILED", error: "StripeKeyRefused", cause } });
  const { code, said } = await reconcile();
  assert.is(code, 1);
  assert.match(said, "The reconciliation FAILED, StripeKeyRefused: Stripe refuses the key\n");
  assert.match(said, `npm run redrive -- --dry-run --local ${aws.url} --type reconcile`);
  assert.match(said, "7 objects compared in 1 page: 7 equal, 0 healed");
});

test("leaves it running on Ctrl-C and where it cannot be watched, and says how to see its end", async () => {
  script({ end: { status: "RUNNING" } });
  const stop = new AbortController();
  const { DescribeExecution } = calls;
  calls["DescribeExecution"] = (input) => {
    stop.abort();
    return { ...DescribeExecution?.(input) };
  };
  const cut = await reconcile({}, stop.signal);
  assert.is(cut.code, 130);
  assert.match(
    cut.said,
    /The reconciliation goes on\. .*\n.*aws stepfunctions describe-execution --execution-arn arn:/,
  );

  calls["DescribeExecution"] = () => {
    throw Object.assign(new Error("not authorized"), { name: "AccessDeniedException" });
  };
  const denied = await reconcile();
  assert.is(denied.code, 1);
  assert.match(denied.said, /AWS answers AccessDeniedException: not authorized\nThe reconciliation goes on\./);
});

test("refuses a stack that has no such state machine, and an output that it does not know", async () => {
  const older = await startScriptedAws({ ...outputs, stateMachines: {} }, () => calls);
  const error = await rejects(reconcileStack({ local: older.url }, new AbortController().signal));
  older.stop();
  assert.match(error.message, /has no state machine reconcile: it is older than this command; deploy it/);
  script({ end: succeeded({ next: "later" }) });
  const { code, said } = await reconcile();
  assert.is(code, 1);
  assert.match(said, /The execution's output is not what this version knows .*: redeploy the stack/);
});

test("refuses invalid options, and says what is valid", async () => {
  const cases: [string[], string][] = [
    [[], "say which stack to work on, by --stack <name> or --local"],
    [["--local", "--since", "long"], "expected a time such as 90m"],
    [["--local", "--subscription", "cus_1"], "expected an id, sub_…"],
    [["--local", "--customer", "cus_"], "expected an id, cus_…"],
    [["--local", "--customer", "cus_1", "--subscription", "sub_1"], "cannot be used with option"],
  ];
  const results = await Promise.all(cases.map(([args]) => runCommand("reconcile", args)));
  for (const [index, [, message]] of cases.entries()) {
    assert.is(results[index]?.code, 2, message);
    assert.match(`${results[index]?.stderr}`, message);
  }
});

test.run();
