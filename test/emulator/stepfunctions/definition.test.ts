import { suite } from "uvu";
import * as assert from "uvu/assert";
import { placeholdersOf, readDefinition, resolve } from "../../../infra/processing/definition.ts";
import { workflows } from "../../../infra/workflows.ts";
import { Definition, nextOf } from "../../../emulator/stepfunctions/definition.ts";
import { validateInputs } from "../../../emulator/graph/validate-inputs.ts";
import type { Json } from "../../../samples/stripe-objects.ts";
import { thrown } from "../../helpers/rejects.ts";

const test = suite("a definition");

const task = {
  Type: "Task",
  Resource: "arn:aws:states:::lambda:invoke",
  Parameters: { FunctionName: "arn:aws:lambda:region:account:function:one", "Payload.$": "$" },
  TimeoutSeconds: 10,
  ResultSelector: { "outcome.$": "$.Payload.outcome" },
  ResultPath: "$.result",
  Retry: [{ ErrorEquals: ["States.Timeout"], IntervalSeconds: 1, MaxAttempts: 2, BackoffRate: 1.5 }],
  Catch: [{ ErrorEquals: ["States.ALL"], ResultPath: "$.failure", Next: "Failed" }],
  Next: "Choose",
};

const choice = {
  Type: "Choice",
  Choices: [{ Variable: "$.result.outcome", StringEquals: "found", Next: "Done" }],
  Default: "Note",
};

const definition = {
  Comment: "Does one thing.",
  StartAt: "Call",
  TimeoutSeconds: 60,
  States: {
    Call: task,
    Choose: choice,
    Note: {
      Type: "Pass",
      Parameters: { Error: "Refused", "Cause.$": "$.result.reason" },
      ResultPath: "$.a",
      Next: "Failed",
    },
    Done: { Type: "Succeed", OutputPath: "$.result" },
    Failed: { Type: "Fail", ErrorPath: "$.failure.Error", Cause: "It failed." },
  },
};

const withState = (name: string, state: Json): Json => ({
  ...definition,
  States: { ...definition.States, [name]: state },
});

const withTask = (more: Json): Json => withState("Call", { ...task, ...more });

const check = (value: unknown) => validateInputs(value, Definition, "state machine one");

const refused = (cases: [Json, string][]): void => {
  for (const [value, message] of cases) {
    const error = thrown(() => check(value));
    assert.match(error.message, /^state machine one: the emulator does not run this as AWS does, at /);
    assert.match(error.message, message);
  }
};

test("takes every definition of the program, as it is deployed", () => {
  for (const name of new Set(workflows.map((workflow) => workflow.definition))) {
    const text = readDefinition(name);
    const values = placeholdersOf(text).map((placeholder) => [placeholder, `arn:of:${placeholder}`]);
    const resolved: unknown = JSON.parse(resolve(text, Object.fromEntries(values)));
    assert.equal(check(resolved), resolved, name);
  }
});

test("takes all that the definitions may be made of", () => {
  assert.equal(check(definition), definition);
  const { Next: _, ...last } = task;
  const more: Json[] = [
    { ...last, End: true },
    { ...task, ResultPath: null },
    { ...task, Resource: "arn:aws:states:::sqs:sendMessage" },
    { ...task, Parameters: { MessageBody: { "id.$": "$$.Execution.Id", list: [1, { "all.$": "$" }, null] } } },
    { ...task, Resource: "arn:aws:states:::states:startExecution" },
    { Type: "Wait", Seconds: 0, End: true },
    { Type: "Wait", SecondsPath: "$.result.seconds", Next: "Choose" },
    { ...task, Retry: [{ ErrorEquals: ["A"], MaxAttempts: 0, MaxDelaySeconds: 8, JitterStrategy: "FULL" }] },
  ];
  for (const state of more) assert.ok(check(withState("Call", state)));
});

test("refuses intrinsic functions", () => {
  const field = "Parameters: Expected a value of type `a template of plain paths`";
  refused([
    [withTask({ Parameters: { "id.$": "States.UUID()" } }), field],
    [withTask({ Parameters: { deep: [{ "text.$": "States.Format('{}', $.a)" }] } }), field],
    [withTask({ ResultSelector: { "id.$": "States.UUID()" } }), "ResultSelector: "],
  ]);
});

test("refuses JSONata, for the whole machine and for a state", () => {
  refused([
    [{ ...definition, QueryLanguage: "JSONata" }, "at QueryLanguage: "],
    [withTask({ QueryLanguage: "JSONata" }), "at States.Call.QueryLanguage: "],
    [withTask({ Arguments: {} }), "at States.Call.Arguments: "],
    [withTask({ Output: "{% $states.result %}" }), "at States.Call.Output: "],
    [withTask({ Assign: {} }), "at States.Call.Assign: "],
  ]);
});

test("refuses fields of a task that would be ignored, and demands the ones that are wanted", () => {
  const { TimeoutSeconds: _, ...endless } = task;
  refused([
    [withTask({ HeartbeatSeconds: 5 }), "at States.Call.HeartbeatSeconds: "],
    [withTask({ TimeoutSecondsPath: "$.a" }), "at States.Call.TimeoutSecondsPath: "],
    [withTask({ InputPath: "$.a" }), "at States.Call.InputPath: "],
    [withTask({ Credentials: {} }), "at States.Call.Credentials: "],
    [withTask({ TimeoutSeconds: 0 }), "at States.Call.TimeoutSeconds: "],
    [withTask({ End: false }), "at States.Call.End: "],
    [withTask({ Resource: "arn:aws:states:::lambda:invoke.waitForTaskToken" }), "at States.Call.Resource: "],
    [withTask({ Resource: "arn:aws:states:::dynamodb:putItem" }), "at States.Call.Resource: "],
    [withState("Call", endless), "at States.Call.TimeoutSeconds: "],
  ]);
});

test("refuses what is misspelt in a retry or a catch", () => {
  refused([
    [withTask({ Retry: [{ ErrorEquals: ["A"], MaxAttempt: 1 }] }), "at States.Call.Retry.0.MaxAttempt: "],
    [withTask({ Retry: [{ ErrorEquals: "A" }] }), "at States.Call.Retry.0.ErrorEquals: "],
    [withTask({ Retry: [{ ErrorEquals: ["A"], IntervalSeconds: 0 }] }), "at States.Call.Retry.0.IntervalSeconds: "],
    [withTask({ Retry: [{ ErrorEquals: ["A"], BackoffRate: 0.5 }] }), "at States.Call.Retry.0.BackoffRate: "],
    [withTask({ Retry: [{ ErrorEquals: ["A"], JitterStrategy: "SOME" }] }), "at States.Call.Retry.0.JitterStrategy: "],
    [withTask({ Catch: [{ ErrorEquals: ["A"] }] }), "at States.Call.Catch.0.Next: "],
    [withTask({ Catch: [{ ErrorEquals: ["A"], Next: "Failed", ResultSelector: {} }] }), "Catch.0.ResultSelector: "],
  ]);
});

test("refuses a wait but for a number of seconds, or for one that a path names", () => {
  const wait = (more: Json) => withState("Call", { Type: "Wait", Next: "Choose", ...more });
  refused([
    [wait({}), "either Seconds or SecondsPath"],
    [wait({ Seconds: 1, SecondsPath: "$.a" }), "either Seconds or SecondsPath"],
    [wait({ Seconds: -1 }), "at States.Call.Seconds: "],
    [wait({ Seconds: 100_000_000 }), "at States.Call.Seconds: "],
    [wait({ Seconds: 0.5 }), "at States.Call.Seconds: "],
    [wait({ SecondsPath: "$.a[0]" }), "at States.Call.SecondsPath: "],
    [wait({ Timestamp: "2027-01-01T00:00:00Z" }), "at States.Call.Timestamp: "],
    [withState("Call", { Type: "Wait", Seconds: 1 }), "state Call has to have either Next or End"],
  ]);
});

test("refuses comparisons in a choice but that of a text", () => {
  const choices = (more: Json) => withState("Choose", { ...choice, Choices: [{ Next: "Done", ...more }] });
  const { Default: _, ...undecided } = choice;
  refused([
    [choices({ Variable: "$.a", IsPresent: true }), "at States.Choose.Choices.0.StringEquals: "],
    [choices({ Variable: "$.a", StringEquals: "x", IsPresent: false }), "at States.Choose.Choices.0.IsPresent: "],
    [choices({ Variable: "$.a", NumericEquals: 1 }), "at States.Choose.Choices.0."],
    [choices({ And: [] }), "at States.Choose.Choices.0."],
    [choices({ Variable: "$.a", StringEqualsPath: "$.b" }), "at States.Choose.Choices.0."],
    [withState("Choose", undecided), "at States.Choose.Default: "],
  ]);
});

test("refuses states of other types, by the type", () => {
  for (const Type of ["Map", "Parallel", "task", "", undefined]) {
    refused([[withState("Call", { ...task, Type }), `at States.Call: the emulator runs no state of the Type ${Type}`]]);
  }
});

test("refuses paths into a list, filters, and what the context does not hold", () => {
  const other = ["$.a[0]", "$.a[*].b", "$..a", "$['a']", "a", "$.a-b", "$.", "$$.Execution.Input", ""];
  for (const path of other) refused([[withTask({ ResultPath: path }), "at States.Call.ResultPath: "]]);
  const unknown = [
    "$.a[0]",
    "$$.Task.Token",
    "$$.Execution.Name",
    "$$.State.EnteredTime",
    "$$",
    "$$.Execution.Id.x",
    1,
  ];
  for (const path of unknown) refused([[withTask({ Parameters: { "a.$": path } }), "at States.Call.Parameters: "]]);
});

test("refuses a next state that does not exist, wherever it is named", () => {
  const missing = "at the whole of it: there is no state Missing, which is named as the next";
  refused([
    [{ ...definition, StartAt: "Missing" }, missing],
    [withTask({ Next: "Missing" }), missing],
    [withTask({ Catch: [{ ErrorEquals: ["States.ALL"], Next: "Missing" }] }), missing],
    [withState("Choose", { ...choice, Default: "Missing" }), missing],
    [withState("Choose", { ...choice, Choices: [{ ...choice.Choices[0], Next: "Missing" }] }), missing],
    [withState("Note", { Type: "Pass", Next: "Missing" }), missing],
  ]);
});

test("names the states that may follow one", () => {
  const { States } = check(definition);
  const following = Object.entries(States).map(([name, state]) => [name, nextOf(state)]);
  assert.equal(Object.fromEntries(following), {
    Call: ["Choose", "Failed"],
    Choose: ["Done", "Note"],
    Note: ["Failed"],
    Done: [],
    Failed: [],
  });
});

const entry = { Source: "shop", DetailType: "Sold", "Detail.$": "$.sold", EventBusName: "billing" };

const putting = (Parameters: Json): Json => withTask({ Resource: "arn:aws:states:::events:putEvents", Parameters });

test("takes events to put on a bus, written out or by their paths", () => {
  const cases: Json[] = [
    { Entries: [entry] },
    { Entries: Array.from({ length: 10 }, () => entry) },
    { "Entries.$": "$.entries" },
    {
      Entries: [
        { ...entry, Resources: ["one"] },
        { ...entry, "Resources.$": "$.resources" },
      ],
    },
    { Entries: [{ "Source.$": "$.a", "DetailType.$": "$.b", Detail: { "id.$": "$.c" }, "EventBusName.$": "$.d" }] },
    { Entries: [{ Source: "a", DetailType: "b", Detail: '{"c":1}', EventBusName: "d" }] },
  ];
  for (const parameters of cases) assert.ok(check(putting(parameters)));
});

test("refuses events that EventBridge would not take, as far as they are written out", () => {
  const { Source: _, ...sourceless } = entry;
  const { "Detail.$": _path, ...withoutDetail } = entry;
  const cases: [Json, string][] = [
    [{}, "Entries is missing"],
    [{ Entries: [], More: 1 }, "the emulator does not know More"],
    [{ Entries: [] }, "a list of 1 to 10 entries"],
    [{ Entries: Array.from({ length: 11 }, () => entry) }, "a list of 1 to 10 entries"],
    [{ Entries: {} }, "a list of 1 to 10 entries"],
    [{ Entries: [entry, "one"] }, "Entries.1: it has to be an object"],
    [{ Entries: [sourceless] }, "Entries.0: Source is missing"],
    [{ Entries: [{ ...entry, Detail: {} }] }, "Entries.0: Detail is there twice"],
    [{ Entries: [{ ...entry, Time: 1 }] }, "Entries.0: the emulator does not know Time"],
    [{ Entries: [{ ...entry, Source: "aws.shop" }] }, "aws. is AWS's own"],
    [{ Entries: [{ ...entry, DetailType: "a".repeat(129) }] }, "Entries.0: DetailType: "],
    [{ Entries: [{ ...entry, EventBusName: "" }] }, "Entries.0: EventBusName: "],
    [{ Entries: [{ ...entry, Resources: "one" }] }, "Entries.0: Resources: "],
    ...[1, "text", '"text"', "[]"].map((Detail): [Json, string] => [
      { Entries: [{ ...withoutDetail, Detail }] },
      "Entries.0: Detail: Expected a value of type `an object, or the text of one`",
    ]),
  ];
  refused(cases.map(([parameters, message]) => [putting(parameters), message]));
});

test.run();
