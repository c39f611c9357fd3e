import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parse } from "yaml";
import { checkGraphFiles, graphFilesOf, writeGraphFiles } from "../../tools/graph-files.ts";
import { loadStack } from "../../local/program.ts";
import { graphText } from "../../tools/graph-text.ts";
import { captured } from "../helpers/captured.ts";
import { graphOf, stackWith } from "../helpers/stack.ts";

const test = suite("the graph as text");

test("has every resource of the graph once, with all of its inputs", async () => {
  const graph = await graphOf("prod");
  const text = parse(graphText(graph));
  const blocks = Object.values<object>(text).flatMap((block) => Object.keys(block));
  assert.is(blocks.length, graph.resources.length);
  for (const { type, name, inputs } of graph.resources) {
    const { pulumi: _, ...shown } = text[name][type];
    assert.equal(Object.keys(shown), Object.keys(inputs).toSorted());
  }
});

test("shows policies and patterns as YAML, statement by statement", async () => {
  const text = parse(graphText(await graphOf("prod")));
  const { policy } = text["write-payment"]["aws:iam/rolePolicy:RolePolicy"];
  assert.equal(policy.Statement.at(-1), {
    Action: ["dynamodb:Query", "dynamodb:UpdateItem"],
    Effect: "Allow",
    Resource: "arn:aws:dynamodb:ap-northeast-1:123456789012:table/prod-homebiyori-payments",
  });
  const { eventPattern } = text["payment-failed-rule"]["aws:cloudwatch/eventRule:EventRule"];
  assert.equal(eventPattern.detail, { type: ["invoice.payment_failed"] });
});

test("shows code by its file, and a definition by what it calls", async () => {
  const graph = graphText(await graphOf("dev"));
  // Each bundle has the client of AWS's in it.
  assert.not(graph.includes("ConditionalCheckFailedException"));
  const text = parse(graph);
  const { code, handler } = text["write-payment"]["aws:lambda/function:Function"];
  assert.equal([code, handler], ["lambdas/write-payment.ts", "index.handler"]);
  assert.equal(text["payment-failed"]["aws:sfn/stateMachine:StateMachine"].definition, {
    Comment: "Records a payment that succeeded or failed.",
    ResolveCustomer: "arn:aws:lambda:ap-northeast-1:123456789012:function:dev-homebiyori-resolve-customer",
    SendToDeadLetterQueue: "https://sqs.ap-northeast-1.amazonaws.com/123456789012/dev-homebiyori-dead-letter-queue",
    WritePayment: "arn:aws:lambda:ap-northeast-1:123456789012:function:dev-homebiyori-write-payment",
  });
});

test("shows the Pulumi options of a resource", async () => {
  const text = parse(graphText(await graphOf("prod")));
  assert.equal(text["payments"]["aws:dynamodb/table:Table"].pulumi, { protect: true, retainOnDelete: true });
  const { dependsOn, ...partnerBus } = text["partner-bus-00000000"]["aws:cloudwatch/eventBus:EventBus"].pulumi;
  assert.equal(partnerBus, { ignoreChanges: ["eventSourceName"], protect: true, retainOnDelete: true });
  assert.equal(dependsOn, dependsOn.toSorted());
  assert.equal(text["payment-failed-rule"]["aws:cloudwatch/eventRule:EventRule"].pulumi, { deleteBeforeReplace: true });
});

test("does not depend on the order in which the program registers resources", async () => {
  const graph = await graphOf("dev");
  assert.is(graphText({ ...graph, resources: graph.resources.toReversed() }), graphText(graph));
});

// The name of a stack decides names, and whether the source for tests is taken; all else is in its file.
test("dev and prod differ in their files only", async () => {
  const prod = stackWith("prod");
  const dev = graphText(await loadStack({ ...prod, stack: "dev" }));
  assert.is(
    dev.replaceAll("dev-homebiyori", "prod-homebiyori").replace("--stack dev", "--stack prod"),
    graphText(await graphOf("prod")),
  );
});

const inFolder = async (work: (folder: string) => Promise<void>): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), "graph-"));
  mkdirSync(join(folder, "docs/graph"), { recursive: true });
  try {
    await work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
};

const files = async () => [await graphOf("dev"), await graphOf("prod")].flatMap(graphFilesOf);

test("is written with prod's page of permissions, and prints whether each file changed", () =>
  inFolder(async (folder) => {
    const written = await files();
    const write = () => captured(async () => writeGraphFiles(folder, written));
    const paths = ["docs/graph/dev.yaml", "docs/graph/prod.yaml", "docs/permissions.md"];
    assert.equal(
      (await write()).logs,
      paths.map((path) => `${path}  written`),
    );
    for (const { path, text } of written) assert.is(readFileSync(join(folder, path), "utf8"), text);
    writeFileSync(join(folder, "docs/graph/prod.yaml"), "");
    assert.equal(
      (await write()).logs,
      paths.map((path) => `${path}  ${path.endsWith("prod.yaml") ? "written" : "unchanged"}`),
    );
  }));

test("is compared with what is committed, and the lines that differ are shown", () =>
  inFolder(async (folder) => {
    const written = await files();
    await captured(async () => writeGraphFiles(folder, written));
    const check = () => captured(async () => checkGraphFiles(folder, written));
    assert.ok((await check()).result);
    const [file, page] = [join(folder, "docs/graph/prod.yaml"), join(folder, "docs/permissions.md")];
    const text = readFileSync(file, "utf8");
    writeFileSync(file, text.replace("maximumRetryAttempts: 3", "maximumRetryAttempts: 4"));
    writeFileSync(page, "");
    const { result, logs } = await check();
    assert.not(result);
    assert.match(`${logs}`, /^-\s+maximumRetryAttempts: 4$/m);
    assert.match(`${logs}`, /^\+\s+maximumRetryAttempts: 3$/m);
    assert.match(`${logs}`, "docs/graph/prod.yaml is not current: run npm run graph");
    assert.match(`${logs}`, "docs/permissions.md is not current: run npm run graph");
    writeFileSync(file, text);
    rmSync(page);
    assert.equal((await check()).logs, ["docs/permissions.md does not exist: run npm run graph, and commit it"]);
  }));

test.run();
