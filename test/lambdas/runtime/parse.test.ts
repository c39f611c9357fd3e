import { array, integer, size, string, type } from "superstruct";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { env } from "../../../lambdas/runtime/env.ts";
import { CustomerNotFound, InvalidEvent, Refused } from "../../../lambdas/runtime/errors.ts";
import { makeLog } from "../../../lambdas/runtime/log.ts";
import { emitMetrics } from "../../../lambdas/runtime/metric.ts";
import { parse } from "../../../lambdas/runtime/parse.ts";
import { FoundCustomer, ResolvedCustomer } from "../../../lambdas/runtime/resolved-customer.ts";
import { captured } from "../../helpers/captured.ts";
import { thrown } from "../../helpers/rejects.ts";

const test = suite("what a Lambda reads and prints");

test("names the path of what is wrong, and quotes only what cannot be personal", () => {
  const cases: [unknown, string][] = [
    ["Hanako", "a string"],
    ["", "an empty string"],
    [undefined, "nothing"],
    [null, "null"],
    [true, "true"],
    [1.5, "1.5"],
    [["Hanako"], "an array"],
    [{ name: "Hanako" }, "an object"],
    [5n, "a bigint"],
  ];
  for (const [value, shown] of cases) {
    const error = thrown(() => parse({ a: [{ b: value }] }, type({ a: array(type({ b: integer() })) })));
    assert.is(error.name, "InvalidEvent");
    assert.is(error.message, `a.0.b: expected an integer, got ${shown}`);
  }
  assert.is(thrown(() => parse(1, string())).message, "event: expected a string, got 1");
  assert.is(thrown(() => parse(1, string(), ["a", "b"])).message, "a.b: expected a string, got 1");
  const inside = thrown(() => parse({ c: 1 }, type({ c: string() }), ["a", "b"]));
  assert.is(inside.message, "a.b.c: expected a string, got 1");
  const { message } = thrown(() => parse({ a: "" }, type({ a: size(string(), 1, 2) })));
  assert.is(message, "a: expected a string with a length between `1` and `2`, got an empty string");
});

test("throws errors by the names that the state machines match", () => {
  const names = [InvalidEvent, Refused, CustomerNotFound].map((Failure) => new Failure("why").name);
  assert.equal(names, ["InvalidEvent", "Refused", "CustomerNotFound"]);
});

test("takes every key of a resolved customer, and a user where one is found", () => {
  const found = { outcome: "found", userId: "u", customerId: "c", subscriptionId: "s", reason: null };
  assert.equal(parse(found, FoundCustomer), found);
  const nothing = { outcome: "skipped", userId: null, customerId: null, subscriptionId: null, reason: null };
  assert.equal(parse(nothing, ResolvedCustomer), nothing);
  assert.match(thrown(() => parse({ ...found, userId: null }, FoundCustomer)).message, "userId");
  for (const key of Object.keys(found)) {
    const { [key]: _, ...rest } = Object(found);
    for (const wrong of [rest, { ...found, [key]: 1 }]) {
      assert.ok(thrown(() => parse(wrong, ResolvedCustomer)).message.startsWith(`${key}: expected`), key);
      assert.ok(thrown(() => parse(wrong, FoundCustomer)).message.startsWith(`${key}: expected`), key);
    }
  }
});

test("logs each line at its level with the ids that it is found by", async () => {
  const log = makeLog({ eventId: "evt_1", execution: "arn" });
  const seen: string[] = [];
  for (const level of ["info", "warn", "error"] as const) {
    const { logs } = await captured(async () => {
      const print = console[level];
      console[level] = (line: unknown) => {
        seen.push(level);
        print(line);
      };
      log[level](`A ${level}`, { outcome: "applied" });
    });
    assert.equal(logs, [{ message: `A ${level}`, eventId: "evt_1", execution: "arn", outcome: "applied" }]);
  }
  assert.equal(seen, ["info", "warn", "error"]);
});

test("emits a metric as a line of its own in the embedded metric format, a 0 too", async () => {
  const before = process.env["AWS_LAMBDA_FUNCTION_NAME"];
  process.env["AWS_LAMBDA_FUNCTION_NAME"] = "a-function";
  const { stdout } = await captured(async () => emitMetrics({ PaymentFailed: 0, NoneOfOurs: 2 }));
  if (before === undefined) delete process.env["AWS_LAMBDA_FUNCTION_NAME"];
  else process.env["AWS_LAMBDA_FUNCTION_NAME"] = before;
  assert.is(stdout.length, 1);
  assert.ok(stdout[0]?.endsWith("\n"));
  const { _aws: aws, ...rest } = JSON.parse(`${stdout[0]}`);
  assert.equal(rest, { FunctionName: "a-function", PaymentFailed: 0, NoneOfOurs: 2 });
  assert.type(aws.Timestamp, "number");
  assert.equal(aws.CloudWatchMetrics, [
    {
      Namespace: "Homebiyori/Billing",
      Dimensions: [["FunctionName"]],
      Metrics: [
        { Name: "PaymentFailed", Unit: "Count" },
        { Name: "NoneOfOurs", Unit: "Count" },
      ],
    },
  ]);
});

test("reads a variable of the environment, also an empty one, and names the one that is not set", () => {
  process.env["A_TEST_IS_SET"] = "";
  assert.is(env("A_TEST_IS_SET"), "");
  delete process.env["A_TEST_IS_SET"];
  assert.match(thrown(() => env("A_TEST_IS_SET")).message, "A_TEST_IS_SET is not set");
});

test.run();
