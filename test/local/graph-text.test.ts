import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parse } from "yaml";
import { checkGraphs, writeGraphs } from "../../.ci/graph-files.ts";
import { loadGraph } from "../../local/graph.ts";
import { graphText } from "../../local/graph-text.ts";
import { captured } from "../helpers/captured.ts";
import { graphOf, stackWith } from "../helpers/stack.ts";

const test = suite("the graph as text");

test("has every resource of the graph once, with all that AWS is told of it", async () => {
  const graph = await graphOf("prod");
  const text = parse(graphText(graph));
  const blocks = Object.values<object>(text).flatMap((block) => Object.keys(block));
  assert.is(blocks.length, graph.resources.length);
  for (const { type, name, inputs } of graph.resources) {
    const { pulumi: _, ...shown } = text[name][type];
    assert.equal(Object.keys(shown), Object.keys(inputs).toSorted());
  }
});

test("opens policies and patterns, statement by statement", async () => {
  const text = parse(graphText(await graphOf("prod")));
  const { policy } = text["write-payment"]["aws:iam/rolePolicy:RolePolicy"];
  assert.equal(policy.Statement.at(-1), {
    Action: "dynamodb:UpdateItem",
    Effect: "Allow",
    Resource: "arn:aws:dynamodb:ap-northeast-1:123456789012:table/prod-homebiyori-payments",
  });
  const { eventPattern } = text["payment-failed-rule"]["aws:cloudwatch/eventRule:EventRule"];
  assert.equal(eventPattern.detail, { type: ["invoice.payment_failed"] });
});

test("tells code by its file, and a definition by what it calls", async () => {
  const graph = graphText(await graphOf("dev"));
  // A single bundle has more.
  assert.ok(graph.length < 150_000);
  const text = parse(graph);
  const { code, handler } = text["write-payment"]["aws:lambda/function:Function"];
  assert.equal([code, handler], ["lambdas/write-payment.ts", "index.handler"]);
  assert.equal(text["payment-failed"]["aws:sfn/stateMachine:StateMachine"].definition, {
    Comment: "Records a payment that failed, and raises the alert.",
    ResolveCustomer: "arn:aws:lambda:ap-northeast-1:123456789012:function:dev-homebiyori-resolve-customer",
    SendToDeadLetterQueue: "https://sqs.ap-northeast-1.amazonaws.com/123456789012/dev-homebiyori-dead-letter-queue",
    WritePayment: "arn:aws:lambda:ap-northeast-1:123456789012:function:dev-homebiyori-write-payment",
  });
});

test("shows how Pulumi keeps what it made", async () => {
  const text = parse(graphText(await graphOf("prod")));
  assert.equal(text["payments"]["aws:dynamodb/table:Table"].pulumi, { protect: true, retainOnDelete: true });
  assert.equal(text["partner-bus-00000000"]["aws:cloudwatch/eventBus:EventBus"].pulumi, {
    ignoreChanges: ["eventSourceName"],
    protect: true,
    retainOnDelete: true,
  });
  assert.equal(text["payment-failed-rule"]["aws:cloudwatch/eventRule:EventRule"].pulumi, { deleteBeforeReplace: true });
});

test("does not depend on the order in which the program makes things", async () => {
  const graph = await graphOf("dev");
  assert.is(graphText({ ...graph, resources: graph.resources.toReversed() }), graphText(graph));
});

// The name of a stack decides names, and whether the source for tests is taken; all else is in its file.
test("dev and prod differ in their files only", async () => {
  const prod = stackWith("prod");
  const dev = graphText(await loadGraph({ ...prod, stack: "dev" }));
  assert.is(
    dev.replaceAll("dev-homebiyori", "prod-homebiyori").replace("--stack dev", "--stack prod"),
    graphText(await graphOf("prod")),
  );
});

test("is compared with what is committed, and the lines that differ are shown", async () => {
  const folder = mkdtempSync(join(tmpdir(), "graph-"));
  try {
    const graphs = [await graphOf("dev"), await graphOf("prod")];
    writeGraphs(folder, graphs);
    assert.ok(checkGraphs(folder, graphs));
    const file = join(folder, "prod.yaml");
    const text = readFileSync(file, "utf8");
    assert.is(text, graphText(await graphOf("prod")));
    writeFileSync(file, text.replace("maximumRetryAttempts: 3", "maximumRetryAttempts: 4"));
    const check = async () => checkGraphs(folder, graphs);
    const { result, logs } = await captured(check);
    assert.not(result);
    assert.match(`${logs}`, /^-\s+maximumRetryAttempts: 4$/m);
    assert.match(`${logs}`, /^\+\s+maximumRetryAttempts: 3$/m);
    assert.match(`${logs}`, "is not the graph of prod: npm run graph");
    rmSync(file);
    assert.not((await captured(check)).result);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.run();
