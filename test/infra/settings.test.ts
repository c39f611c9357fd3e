import { suite } from "uvu";
import * as assert from "uvu/assert";
import { loadStack } from "../../local/program.ts";
import { ofType } from "../../emulator/graph/graph.ts";
import { tableNames } from "../../local/product.ts";
import { rejects } from "../helpers/rejects.ts";
import { stackWith } from "../helpers/stack.ts";

const test = suite("settings");

const refusal = async (stack: string, settings: Record<string, string>) =>
  (await rejects(loadStack(stackWith(stack, settings)))).message;

test("reports all mistakes at once, by key, with what was expected", async () => {
  const message = await refusal("dev", { eventSource: "stripe", logRetentionDays: "8", monthlyPrices: '["monthly"]' });
  assert.match(message, "stack dev");
  assert.match(message, /eventSource is "stripe"; expected Stripe's partner source/);
  assert.match(message, /logRetentionDays is 8; expected a number of days that CloudWatch knows: 1, 3, 5/);
  assert.match(message, /monthlyPrices is \["monthly"\]; expected a list of Stripe prices/);
});

test("refuses a setting that does not exist", async () => {
  assert.match(
    await refusal("dev", { evenSource: "x" }),
    "evenSource: there is no such setting; there are eventSource",
  );
});

test("refuses a missing setting", async () => {
  const { project, stack, config } = stackWith("dev");
  const { [`${project}:eventSource`]: _, ...rest } = config;
  const { message } = await rejects(loadStack({ project, stack, config: rest }));
  assert.match(message, "eventSource is not set");
});

test("refuses the source for tests in prod", async () => {
  assert.match(await refusal("prod", { eventSource: "homebiyori.stripe.test" }), "in any stack but prod");
});

test("refuses test events in prod, and takes them elsewhere only where it is told to", async () => {
  assert.match(
    await refusal("prod", { livemode: "any" }),
    'livemode is "any"; expected "live", or, in any stack but prod',
  );
  assert.match(await refusal("dev", { livemode: "test" }), 'livemode is "test"');
  const modesOf = async (stack: string, settings: Record<string, string> = {}) =>
    new Set(
      ofType(await loadStack(stackWith(stack, settings)), "aws:lambda/function:Function").flatMap(({ inputs }) => {
        const { LIVEMODE } = Object(inputs["environment"]).variables;
        return LIVEMODE === undefined ? [] : [LIVEMODE];
      }),
    );
  assert.equal(await modesOf("prod"), new Set(["live"]));
  assert.equal(await modesOf("dev"), new Set(["any"]));
  assert.equal(await modesOf("dev", { livemode: "live" }), new Set(["live"]));
});

test("demands in prod the account that it may be deployed to, and runs the graph as in that one", async () => {
  const { project, stack, config } = stackWith("prod");
  const { "aws:allowedAccountIds": _, ...rest } = config;
  const { message } = await rejects(loadStack({ project, stack, config: rest }));
  assert.match(message, "aws:allowedAccountIds is not set; expected the number of the account to deploy to");
  for (const ids of ["[]", '["1234"]', "[123456789012]", "123456789012", "none"]) {
    for (const name of ["prod", "dev"]) {
      assert.match(await refusal(name, { "aws:allowedAccountIds": ids }), "aws:allowedAccountIds is ");
    }
  }
  const graph = await loadStack(stackWith("prod", { "aws:allowedAccountIds": '["210987654321"]' }));
  assert.is(graph.account, "210987654321");
  assert.match(JSON.stringify(graph.outputs), "arn:aws:sqs:ap-northeast-1:210987654321:");
});

test("takes Stripe's own form of a source, and no other", async () => {
  for (const source of ["aws.partner/stripe.com/ed_test_61Pg", "aws.partner/stripe.com/ed_61Pg"]) {
    await loadStack(stackWith("dev", { eventSource: source }));
  }
  for (const source of ["aws.partner/stripe.com", "aws.partner/stripe.com/ed_*", "aws.partner/other.com/ed_1"]) {
    assert.match(await refusal("dev", { eventSource: source }), "eventSource");
  }
});

test("takes the name of a table as it is, even where it is a number or a truth to JSON", async () => {
  for (const name of ["123", "true", "null", "1.50"]) {
    const graph = await loadStack(stackWith("dev", { coreTableName: name, paymentsTableName: `${name}.payments` }));
    const names = ofType(graph, "aws:dynamodb/table:Table").map(({ inputs }) => inputs["name"]);
    assert.equal(names, [name, `${name}.payments`]);
  }
  assert.match(await refusal("dev", { coreTableName: "12" }), 'coreTableName is "12"; expected the name of a table');
});

test("creates the core table, or uses one by its name", async () => {
  const created = await loadStack(stackWith("dev", { coreTableName: "made-here" }));
  const used = await loadStack(stackWith("dev", { coreTableName: "product-core", createCoreTable: "false" }));
  const tablesOf = ({ resources }: typeof used) =>
    resources.filter(({ type }) => type === "aws:dynamodb/table:Table").map(({ inputs }) => String(inputs["name"]));
  assert.equal(tablesOf(created).toSorted(), ["dev-homebiyori-payments", "made-here"]);
  assert.equal(tablesOf(used), ["dev-homebiyori-payments"]);
  assert.is(tableNames(used).core, "product-core");
  const policy = used.resources.find(
    ({ type, name }) => type === "aws:iam/rolePolicy:RolePolicy" && name === "resolve-customer",
  );
  assert.match(`${policy?.inputs["policy"]}`, ":123456789012:table/product-core/index/GSI2");
});

test.run();
