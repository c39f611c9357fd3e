import { readdirSync, readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parse } from "yaml";
import { workflows } from "../../infra/workflows.ts";
import { type Graph, ofType } from "../../emulator/graph/graph.ts";
import { configOf, loadStack } from "../../local/program.ts";
import { life } from "../../samples/one-life.ts";
import { tableNames } from "../../local/product.ts";
import { changesBetween } from "../helpers/graph-changes.ts";
import { blocksOf } from "../helpers/page.ts";
import { startRunning } from "../helpers/running.ts";
import { graphOf, stackWith } from "../helpers/stack.ts";

// What the pages about stacks promise, with the very configuration that they show.
const test = suite("the pages about stacks");

const asText = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

const graphs = new Map<string, Promise<Graph>>();

/** The prod stack with the settings of a page's YAML block, loaded once. */
const graphWith = (block = ""): Promise<Graph> => {
  const settings = Object.entries(parse(block).config).map(([key, value]) => [key, asText(value)]);
  const graph = graphs.get(block) ?? loadStack(stackWith("prod", Object.fromEntries(settings)));
  graphs.set(block, graph);
  return graph;
};

const rules = workflows.map(({ name }) => `${name}-rule`).toSorted();

const wayOf = (destination: string): string[] => [
  `forward-rule-${destination} EventRule`,
  `forward-rule-${destination} EventTarget`,
  `forward-rule-${destination} Role`,
  `forward-rule-${destination} RolePolicy`,
  `forward-rule-${destination}-dead-lettered MetricAlarm`,
  `forward-rule-${destination}-lost MetricAlarm`,
  `forward-rule-${destination}-not-delivered MetricAlarm`,
  `partner-bus-${destination} EventBus`,
];

const bothSources = {
  ...Object.fromEntries(rules.map((rule) => [`${rule} EventRule`, ["description", "eventPattern"]])),
  "dead-letter-queue QueuePolicy": ["policy"],
  // One of its causes is an alarm on the forward rule.
  "failing-rules CompositeAlarm": ["alarmRule"],
  // It shows the way over each bus of Stripe's, and all alarms.
  "dashboard Dashboard": ["dashboardBody"],
};

const sources = {
  old: "aws.partner/stripe.com/ed_11111111olderone",
  new: "aws.partner/stripe.com/ed_22222222newerone",
};

test("the first deployment finds a value of each setting that Pulumi.yaml declares, as Pulumi demands", () => {
  const { name, config: declared } = parse(readFileSync("Pulumi.yaml", "utf8"));
  for (const stack of ["dev", "prod"]) {
    const { config } = configOf(stack);
    for (const key of Object.keys(declared)) assert.ok(`${name}:${key}` in config, `${stack}: ${key}`);
  }
});

test("README and the page on deploying have the same steps for dev, and prod has them too", () => {
  const commandsIn = (text: string): string[] =>
    [...text.matchAll(/^(?:\d\. )?`?((?:npx|npm) [^`\n]+)/gm)].map(([, command = ""]) => command);
  const [, readme = ""] = /## Deploy\n.*?```sh\n(.*?)```/s.exec(readFileSync("README.md", "utf8")) ?? [];
  const [, dev = "", prod = ""] =
    /## A stack without Stripe: `dev`\n(.*?)\n## (.*?)\n### /s.exec(readFileSync("docs/deploying.md", "utf8")) ?? [];
  assert.equal(commandsIn(dev), ["npm ci", ...commandsIn(readme)]);
  assert.is(commandsIn(readme).length, 4);
  const places = commandsIn(readme)
    .filter((command) => command.startsWith("npx"))
    .map((command) => prod.indexOf(`\`${command.replace("dev", "prod")}\``));
  assert.ok(
    places.every((place, index) => place > (places[index - 1] ?? 0)),
    `${places}`,
  );
});

test("prod's own file with the values that the page on deploying tells to put into it is a stack", async () => {
  const [, steps = ""] = readFileSync("docs/deploying.md", "utf8").split("## A stack with Stripe: `prod`");
  const { project, stack, config } = configOf("prod");
  const own = Object.entries({
    eventSource: sources.new,
    "aws:allowedAccountIds": '["210987654321"]',
    monthlyPrices: '["price_monthly"]',
    yearlyPrices: '["price_yearly"]',
    createCoreTable: "false",
    coreTableName: "homebiyori-product",
  });
  for (const [key] of own) assert.ok(steps.replace(/\n## .*/s, "").includes(`\`${key}`), key);
  const alarmEmail = { [`${project}:alarmEmail`]: "night@example.com" };
  const filled = own.map(([key, value]) => [key.includes(":") ? key : `${project}:${key}`, value]);
  const graph = await loadStack({
    project,
    stack,
    config: { ...config, ...alarmEmail, ...Object.fromEntries(filled) },
  });
  assert.is(graph.account, "210987654321");
  assert.ok(graph.resources.some(({ name }) => name === "partner-bus-newerone"));
  assert.not(graph.resources.some(({ type, name }) => type.endsWith(":Table") && name === "core"));
  assert.is(tableNames(graph).core, "homebiyori-product");
  const text = JSON.stringify(graph.resources);
  for (const value of ["price_monthly", "price_yearly", "night@example.com"]) assert.match(text, value);
});

test("a new destination gets a way of its own beside the old one, and nothing is replaced or deleted for it", async () => {
  const old = await loadStack(stackWith("prod", { eventSource: sources.old }));
  const both = await graphWith(blocksOf("new-destination", "yaml")[0]);
  const altered = { ...bothSources, "no-events MetricAlarm": ["dimensions"] };
  assert.equal(changesBetween(old, both), { made: wayOf("newerone"), deleted: [], altered, replaced: {} });
});

test("the new destination's bus waits for all that its events need, as the page says", async () => {
  const { resources } = await graphWith(blocksOf("new-destination", "yaml")[0]);
  const bus = resources.find(({ name }) => name === "partner-bus-newerone");
  const needed = [...rules, "dead-letter-queue", "forward-rule-newerone", "stripe-webhook-bus"];
  assert.equal(
    needed.filter((name) => !bus?.dependsOn.includes(name)),
    [],
  );
  assert.match(
    readFileSync("docs/new-destination.md", "utf8"),
    "The new partner bus waits for the rules, the queue's policy and the role",
  );
});

test("then the old destination's way goes alone, and its bus is kept until it is deleted", async () => {
  const both = await graphWith(blocksOf("new-destination", "yaml")[0]);
  const now = await loadStack(stackWith("prod", { eventSource: sources.new }));
  const changes = changesBetween(both, now);
  assert.equal(changes, { made: [], deleted: wayOf("olderone"), altered: bothSources, replaced: {} });
  const bus = both.resources.find(({ name }) => name === "partner-bus-olderone");
  assert.equal([bus?.protect, bus?.retainOnDelete], [true, true]);
  const [command = ""] = blocksOf("new-destination", "sh");
  const [, parent, type, name] = /::([\w:]+)\$([\w:/]+)::([\w-]+)'/.exec(command) ?? [];
  assert.equal([type, name], [bus?.type, bus?.name]);
  assert.match(readFileSync("infra/events/partner-bus.ts", "utf8"), `super("${parent}"`);
});

test("meanwhile an event from either source is handled, and from both it counts once", async () => {
  const graph = graphWith(blocksOf("new-destination", "yaml")[0]);
  const runner = await startRunning({
    graph,
    items: [{ PK: "USER#u", SK: "SUBSCRIPTION", customer_id: "cus_sample" }],
  });
  try {
    const events = life().flatMap((stage) => stage.events);
    const takeFrom = async (source: string, event: unknown) =>
      (await runner.take({ ...runner.envelope(event), source })).outcome;
    for (const [index, event] of events.slice(0, 4).entries()) {
      const [first, second] = index % 2 === 0 ? [sources.old, sources.new] : [sources.new, sources.old];
      assert.equal([await takeFrom(first, event), await takeFrom(second, event)], ["applied", "duplicate"]);
    }
    assert.is(await takeFrom("aws.partner/stripe.com/ed_33333333stranger", events[4]), "unmatched");
  } finally {
    await runner.stop();
  }
});

// The Lambdas that are given the core table's name.
const coreUsers = (graph: Graph): string[] =>
  ofType(graph, "aws:lambda/function:Function")
    .filter(({ inputs }) => JSON.stringify(inputs["environment"]).includes("HOMEBIYORI_CORE"))
    .map(({ name }) => name);

test("a core table that exists is used by its name, and Pulumi has no part in it", async () => {
  const used = await graphWith(blocksOf("existing-tables", "yaml")[0]);
  assert.equal(changesBetween(await graphOf("prod"), used), {
    made: [],
    deleted: ["core Table"],
    altered: {
      "dashboard Dashboard": ["dashboardBody"],
      "operator Policy": ["policy"],
      ...Object.fromEntries(
        coreUsers(used).flatMap((name) => [
          [`${name} Function`, ["environment"]],
          [`${name} RolePolicy`, ["policy"]],
        ]),
      ),
    },
    replaced: {},
  });
  assert.match(JSON.stringify(used.resources), ":table/homebiyori-product/index/GSI2");
});

test("what a destroyed stack left is imported under the names, ids and parts that the program has for it", async () => {
  const { resources } = await graphOf("prod");
  const [file = ""] = blocksOf("existing-tables", "json");
  const imported: Record<string, string>[] = JSON.parse(file).resources;
  const parts = new Map(imported.filter(({ component }) => component).map((part) => [part["name"], part]));
  const kept = resources.filter(({ retainOnDelete }) => retainOnDelete);
  const things = imported.filter(({ component }) => !component);
  assert.equal(
    things.map(({ type, name, id }) => `${type} ${name} ${id}`).toSorted(),
    // A queue's id is its URL.
    kept.map(({ type, name, inputs, outputs }) => `${type} ${name} ${outputs["url"] ?? inputs["name"]}`).toSorted(),
  );
  const infra = readdirSync("infra", { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => readFileSync(`infra/${name}`, "utf8"));
  for (const { name, parent } of things) {
    const part = parts.get(parent);
    const source = infra.find((text) => text.includes(`super("${part?.["type"]}"`)) ?? "";
    assert.match(source, name === "core" ? '"core"' : /new aws\./);
    const logicalName = part?.["logicalName"] ?? part?.["name"];
    assert.ok(logicalName === name || readFileSync("index.ts", "utf8").includes(`new Tables("${logicalName}"`));
  }
});

test("the first version's tables are left alone until the change-over, which alters the way to the core table only", async () => {
  const [beside, after] = blocksOf("first-version", "yaml");
  const compared = await graphWith(beside);
  const tables = ofType(compared, "aws:dynamodb/table:Table").map(({ inputs }) => `${inputs["name"]}`);
  assert.equal(tables.toSorted(), ["homebiyori-core-compared", "prod-homebiyori-payments"]);
  const changes = changesBetween(compared, await graphWith(after));
  assert.equal([changes.made, changes.deleted, changes.replaced], [[], ["core Table"], {}]);
  const altered = coreUsers(compared).flatMap((name) => [`${name} Function`, `${name} RolePolicy`]);
  assert.equal(
    Object.keys(changes.altered).toSorted(),
    ["dashboard Dashboard", "operator Policy", ...altered].toSorted(),
  );
  assert.ok(compared.resources.find(({ name }) => name === "core")?.retainOnDelete);
  assert.is(coreUsers(compared).length, 5);
  assert.match(
    readFileSync("docs/first-version.md", "utf8"),
    "roles and environments of five Lambdas, the operator's policy and the dashboard",
  );
});

test("events replayed onto the first version's rows bring them up to date, and keep what is not ours", async () => {
  const [, after] = blocksOf("first-version", "yaml");
  const items = [
    {
      PK: "USER#user_first",
      SK: "SUBSCRIPTION",
      user_id: "user_first",
      customer_id: "cus_sample",
      subscription_id: "sub_sample",
      status: "trialing",
      plan: "monthly",
      nickname: "first",
    },
  ];
  const runner = await startRunning({ graph: graphWith(after), items });
  try {
    const events = life().flatMap((stage) => stage.events);
    // A replay keeps no order, and says that it is one.
    for (const event of events.toReversed()) {
      const replayed = { ...runner.envelope(event), "replay-name": "first-version" };
      await runner.take(replayed);
    }
    const { core, payments, deadLetters } = await runner.dump();
    assert.is(deadLetters.length, 0);
    assert.equal(
      core.map(({ SK }) => SK),
      ["CUSTOMER#cus_sample", "SUBSCRIPTION"],
    );
    assert.equal([core[1]?.["status"], core[1]?.["nickname"]], ["canceled", "first"]);
    // The page tells the key of a payment by its other fields.
    const rows = payments.filter(({ SK }) => SK !== "REVERSALS");
    for (const { PK, SK, stripe_invoice_id: invoice, status, created_at: at, attempt_count: attempt } of rows) {
      assert.is(PK, `INVOICE#${invoice}`);
      assert.is(SK, status === "succeeded" ? "SUCCEEDED" : `FAILED#${at}#${attempt}`);
    }
    assert.ok(rows.length > 2);
  } finally {
    await runner.stop();
  }
});

test("every setting that the page on deployments names alters what it says, in place", async () => {
  // Prod itself takes live events only.
  const prod = { ...stackWith("prod"), stack: "elsewhere" };
  const settings = {
    monthlyPrices: '["price_1"]',
    yearlyPrices: '["price_2"]',
    gapMinutes: "5",
    reconcileSchedule: "rate(1 day)",
    reconcileDays: "5",
    reconcilePaceSeconds: "5",
    livemode: "any",
    archiveDays: "60",
    logRetentionDays: "30",
    logExecutionData: "true",
    stateMachineLogLevel: "ERROR",
    busLogLevel: "TRACE",
    protectData: "false",
    alarmEmail: "night@example.com",
  };
  const page = readFileSync("docs/deploying.md", "utf8");
  for (const setting of Object.keys(settings)) assert.match(page, new RegExp(`^\\| .*\`${setting}\``, "m"));
  const changed = { ...prod, config: { ...prod.config, ...stackWith("prod", settings).config } };
  const { made, deleted, altered, replaced } = changesBetween(await loadStack(prod), await loadStack(changed));
  assert.equal([deleted, replaced], [[], {}]);
  for (const key of made) assert.match(key, /^(billing-)?bus-logs-\w+ LogDelivery|TopicSubscription$/);
  const expected: [RegExp, string[]][] = [
    [/ Function$/, ["environment"]],
    [/^(stripe-webhook|billing)-bus EventArchive$/, ["retentionDays"]],
    [/^reconcile Schedule$/, ["scheduleExpression"]],
    [/ LogGroup$/, ["retentionInDays"]],
    [/^(stripe-webhook|billing)-bus EventBus$/, ["logConfig"]],
    [/^(billing-)?bus-logs LogResourcePolicy$/, ["policyDocument"]],
    [/ StateMachine$/, ["loggingConfiguration"]],
    [/ Table$/, ["deletionProtectionEnabled"]],
  ];
  for (const [key, inputs] of Object.entries(altered)) {
    assert.equal(inputs, expected.find(([pattern]) => pattern.test(key))?.[1], key);
  }
  for (const [pattern] of expected)
    assert.ok(
      Object.keys(altered).some((key) => pattern.test(key)),
      `${pattern}`,
    );
});

test("the page on deployments names each Lambda whose environment a setting changes", async () => {
  const page = readFileSync("docs/deploying.md", "utf8");
  const prod = { ...stackWith("prod"), stack: "elsewhere" };
  const before = await loadStack(prod);
  const settings = {
    livemode: "any",
    monthlyPrices: '["price_1"]',
    yearlyPrices: '["price_2"]',
    gapMinutes: "5",
    reconcileDays: "5",
    reconcilePaceSeconds: "5",
  };
  for (const [setting, value] of Object.entries(settings)) {
    const config = { ...prod.config, ...stackWith("prod", { [setting]: value }).config };
    const { altered } = changesBetween(before, await loadStack({ ...prod, config }));
    const row = page
      .split("\n")
      .find((line) => line.startsWith("| ") && line.split("|")[1]?.includes(`\`${setting}\``));
    const named = [...(row?.split("the environment of ")[1] ?? "").matchAll(/`([\w-]+)`/g)].map(([, name]) => name);
    assert.equal(Object.keys(altered).toSorted(), named.map((name) => `${name} Function`).toSorted(), setting);
  }
});

test("the page on deployments tells to redrive what was denied while code and permissions changed together", () => {
  const [, after = ""] = readFileSync("docs/deploying.md", "utf8").split(
    "If an update changes a Lambda's code and its permissions together, redrive afterwards.",
  );
  const [, command] = /^```sh\n(.*)\n```$/m.exec(after) ?? [];
  assert.is(command, "npm run redrive -- --stack prod --error AccessDeniedException");
});

test("only the jobs of one environment may assume the deploying role", () => {
  const [trust = ""] = blocksOf("deploying", "json");
  const { Condition } = JSON.parse(trust).Statement[0];
  assert.match(Condition.StringEquals["token.actions.githubusercontent.com:sub"], /^repo:[^*]+:environment:prod$/);
});

test.run();
