import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { handledTypes, type Workflow, workflows } from "../../infra/workflows.ts";
import { readDefinition } from "../../infra/processing/definition.ts";
import type { Graph } from "../../emulator/graph/graph.ts";
import { localConfig } from "../../ops/command/clients.ts";
import { smokeEvents } from "../../ops/smoke/smoke-events.ts";
import { smokeTest } from "../../ops/smoke/smoke-test.ts";
import { captured } from "../helpers/captured.ts";
import { runCommand } from "../helpers/command.ts";
import { rejects } from "../helpers/rejects.ts";
import { type Serving, startServing } from "../helpers/serving.ts";
import { graphOf } from "../helpers/stack.ts";

const test = suite("npm run smoke");

let serving: Serving;
test.before(async () => {
  serving = await startServing();
});
test.after(() => serving.stop());

const smoke = async ({ url }: Serving) => {
  const { result, logs } = await captured(() => smokeTest({ local: url }, new AbortController().signal));
  return { code: result, lines: logs.map(String) };
};

const rowsOf = async (target: Serving) => {
  const { core, payments, deadLetters } = await target.dump();
  return [core.length, payments.length, deadLetters.length];
};

test("has an event of each handled type, with ids of its own in each run", () => {
  const [one, two] = [smokeEvents("a", 1_767_225_600), smokeEvents("b", 1_767_225_600)];
  const types = one.events.map(({ type }) => type);
  assert.equal(types.toSorted(), handledTypes.toSorted());
  assert.is(new Set([...one.events, ...two.events].map(({ id }) => id)).size, 2 * handledTypes.length);
});

test("passes for each type, twice in a row, and leaves nothing behind", async () => {
  const types = smokeEvents("types", 1_767_225_600).events.map(({ type }) => type);
  for (const _ of [1, 2]) {
    const { code, lines } = await smoke(serving);
    assert.is(code, 0, lines.join("\n"));
    assert.equal(lines.length, types.length + 2);
    assert.is(lines.at(-1), "passed  their changes are published");
    for (const type of types) {
      assert.ok(
        lines.some((line) => line.startsWith(`passed  ${type} `)),
        type,
      );
    }
    assert.equal(await rowsOf(serving), [0, 0, 0]);
  }
  const used = (await serving.uses()).filter(({ policies }) => policies.includes("operator"));
  const resourcesOf = (action: string) =>
    used.flatMap(({ request }) => (request.action === action ? request.resource : []));
  assert.equal(resourcesOf("events:PutEvents"), [serving.stack.bus.arn]);
  assert.equal(
    resourcesOf("dynamodb:DeleteItem").map((arn) => arn.split("/").at(-1)),
    [serving.stack.tables.core, serving.stack.tables.payments],
  );
});

// The dev stack, where no role may write payments.
const graphWithoutPayments = async (): Promise<Graph> => {
  const graph = await graphOf("dev");
  const resources = graph.resources.map((resource) => {
    if (resource.name !== "write-payment" || !resource.type.endsWith(":RolePolicy")) return resource;
    const policy = `${resource.inputs["policy"]}`.replace("dynamodb:UpdateItem", "dynamodb:DescribeTable");
    return { ...resource, inputs: { ...resource.inputs, policy } };
  });
  return { ...graph, resources };
};

test("says what fails and why, and deletes its own dead letters only", async () => {
  const failing = await startServing({ graph: graphWithoutPayments() });
  try {
    const other = smokeEvents("other", 1_767_225_600).events.find(({ type }) => type === "invoice.paid");
    await failing.handle(other);
    assert.is(failing.deadLetters.messages.length, 1);
    const { code, lines } = await smoke(failing);
    assert.is(code, 1);
    const typesThat = (word: string) =>
      lines.slice(0, -2).flatMap((line) => (line.startsWith(word) ? [`${line.split(/ +/)[1]}`] : []));
    const writesPayments = ({ definition }: Workflow) => readDefinition(definition).includes("${write-payment}");
    const payments = workflows.filter(writesPayments).map(({ eventType }) => eventType);
    assert.equal(typesThat("FAILED").toSorted(), payments.toSorted());
    assert.is(typesThat("passed").length, workflows.length - payments.length);
    assert.match(`${lines.find((line) => line.includes("invoice.paid "))}`, /FAILED {2}AccessDeniedException: User: /);
    assert.match(`${lines.at(-2)}`, /^FAILED {2}the rows: in_smoke_\w+ has no payment/);
    const left = failing.deadLetters.messages.map(({ body }) => JSON.parse(body).event.detail.id);
    assert.equal([left, failing.deadLetters.inFlight(Date.now())], [["evt_smoke_other_invoice_paid"], 0]);
  } finally {
    await failing.stop();
  }
});

test("refuses a stack that has Stripe's events, before it does anything", async () => {
  const prod = await startServing({ graph: graphOf("prod") });
  try {
    const error = await rejects(smokeTest({ local: prod.url }, new AbortController().signal));
    assert.match(error.message, "receives Stripe's events, from aws.partner/stripe.com/ed_");
    assert.equal(await rowsOf(prod), [0, 0, 0]);
  } finally {
    await prod.stop();
  }
});

test("is answered by the runner as by EventBridge: an entry with a source of AWS is refused, though the call succeeds", async () => {
  const { stack, url } = serving;
  const events = new EventBridgeClient(localConfig(stack.bus.arn, url));
  const [event] = smokeEvents("put", 1_767_225_600).events;
  const entry = {
    EventBusName: stack.bus.name,
    DetailType: "a type",
    Source: "unknown.source",
    Detail: JSON.stringify(event),
  };
  const Entries = [
    entry,
    { ...entry, Source: "aws.partner/stripe.com/ed_1" },
    { ...entry, Detail: "{" },
    { ...entry, DetailType: "" },
  ];
  const answer = await events.send(new PutEventsCommand({ Entries }));
  assert.is(answer.FailedEntryCount, 3);
  assert.equal(
    answer.Entries?.map(({ ErrorCode }) => ErrorCode),
    [undefined, "NotAuthorizedForSourceException", "MalformedDetail", "InvalidArgument"],
  );
  assert.match(`${answer.Entries?.[0]?.EventId}`, /^[\da-f-]{36}$/);
  const elsewhere = new PutEventsCommand({ Entries: [{ ...entry, EventBusName: "default" }] });
  assert.is((await rejects(events.send(elsewhere))).name, "AccessDeniedException");
});

test("is a command", async () => {
  const { stdout, stderr, code } = await runCommand("smoke", ["--local", serving.url]);
  assert.equal([code, stderr], [0, ""]);
  assert.match(stdout, "passed  the rows are as expected");
  assert.is((await runCommand("smoke", [])).code, 2);
});

test.run();
