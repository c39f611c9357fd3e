import { readdirSync } from "node:fs";
import validate from "asl-validator";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { placeholdersOf, readDefinition, resolve } from "../../infra/processing/definition.ts";
import { backgroundMachines, workflows } from "../../infra/workflows.ts";
import { Definition, nextOf } from "../../emulator/stepfunctions/definition.ts";
import { validateInputs } from "../../emulator/graph/validate-inputs.ts";

const test = suite("the definitions");

const names = readdirSync("statemachines").map((file) => file.replace(".asl.json", ""));
const background: string[] = backgroundMachines.map(({ name }) => name);
const ofEvents = names.filter((name) => !background.includes(name));

// Each placeholder with an ARN of its kind.
const resolved = (name: string): string => {
  const text = readDefinition(name);
  const arnOf = (placeholder: string) => {
    if (placeholder === "dead-letter-queue")
      return `https://sqs.ap-northeast-1.amazonaws.com/123456789012/${placeholder}`;
    const [service, kind] = background.includes(placeholder) ? ["states", "stateMachine"] : ["lambda", "function"];
    return `arn:aws:${service}:ap-northeast-1:123456789012:${kind}:${placeholder}`;
  };
  return resolve(text, Object.fromEntries(placeholdersOf(text).map((one) => [one, arnOf(one)])));
};

const read = (name: string): Definition => validateInputs(JSON.parse(resolved(name)), Definition, name);

type Task = Extract<Definition["States"][string], { Type: "Task" }>;

const tasksOf = (definition: Definition) =>
  Object.entries(definition.States).filter((entry): entry is [string, Task] => entry[1].Type === "Task");

test("are each used by a workflow or a state machine in the background, and each of those has one", () => {
  assert.equal(new Set(workflows.map(({ definition }) => definition)), new Set(ofEvents));
  assert.equal(background.toSorted(), names.filter((name) => !ofEvents.includes(name)).toSorted());
});

test("pass the States Language's validator", () => {
  for (const name of names) {
    const { isValid, errorsText } = validate(JSON.parse(resolved(name)));
    assert.ok(isValid, `${name}: ${errorsText()}`);
  }
});

test("say what they are for", () => {
  for (const name of names) assert.match(read(name).Comment, /^[A-Z].*\.$/);
});

test("name each Lambda as its state: write-payment is WritePayment", () => {
  for (const name of names) {
    const source = JSON.parse(readDefinition(name));
    for (const [state, { Parameters }] of tasksOf(read(name))) {
      if (!("FunctionName" in Object(Parameters))) continue;
      const lambda = state.replaceAll(/(?!^)[A-Z]/g, "-$&").toLowerCase();
      assert.is(source.States[state].Parameters.FunctionName, `\${${lambda}}`);
      assert.ok(placeholdersOf(readDefinition(name)).includes(lambda));
    }
  }
});

type States = Record<string, Record<string, unknown> & { Choices?: object[] }>;

const statesOf = (name: string): States => JSON.parse(readDefinition(name)).States;

test("have states of one name that are the same in each, but for their comments and what comes next", () => {
  const first = new Map<string, unknown>();
  for (const name of names) {
    for (const [state, { Comment: _, Next: __, Default, Choices, ...rest }] of Object.entries(statesOf(name))) {
      const choices = Choices?.map((choice) => ({ ...choice, Next: "…" }));
      const same = { ...rest, ...(choices && { Choices: choices, Default: "…" }) };
      assert.is(Default !== undefined, choices !== undefined, `${name}.${state}`);
      // What is left of a run, and not what its execution began with.
      if (name === "reconcile" && state === "SendToDeadLetterQueue") continue;
      if (first.has(state)) assert.equal(same, first.get(state), `${name}.${state} differs from the other definitions`);
      else first.set(state, same);
    }
  }
});

test("are each named after the Lambda that does the work, whose state differs in what that Lambda answers and refuses alone", () => {
  const works = ofEvents.map((name) => {
    const state = name.replaceAll(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
    const task = statesOf(name)[state];
    assert.ok(task, `statemachines/${name}.asl.json has no state ${state}`);
    const {
      Comment: _,
      Parameters,
      ResultSelector: _answer,
      Retry,
      OutputPath: _output,
      End: _end,
      Next: _next,
      ...rest
    } = task;
    const [refused, ...retried] = Retry as { ErrorEquals: string[]; MaxAttempts: number }[];
    assert.is(refused?.MaxAttempts, 0, `${name}.${state}`);
    return { ...rest, Parameters: { ...Object(Parameters), FunctionName: "…" }, Retry: retried };
  });
  for (const [index, work] of works.entries()) assert.equal(work, works[0], ofEvents[index]);
});

test("give each Lambda the event whole, and the execution that its lines in the log are found by", () => {
  for (const name of names) {
    for (const [state, { Parameters }] of tasksOf(read(name))) {
      const { FunctionName, Payload } = Object(Parameters);
      if (FunctionName === undefined) continue;
      const event = name === "reconcile" ? "$.run" : state === "MarkPublished" ? "$.publish" : "$";
      assert.equal(Payload, { "event.$": event, "execution.$": "$$.Execution.Id" }, `${name}.${state}`);
    }
  }
});

test("catch everything at every task, alone and last, and never retry everything", () => {
  for (const name of names) {
    for (const [state, { Catch = [], Retry = [], Parameters }] of tasksOf(read(name))) {
      assert.equal(Catch.at(-1)?.ErrorEquals, ["States.ALL"], `${name}.${state}`);
      // That what is to be started was started before is no failure.
      const others =
        Parameters && "Name.$" in Object(Parameters) ? [["StepFunctions.ExecutionAlreadyExistsException"]] : [];
      assert.equal(
        Catch.slice(0, -1).map(({ ErrorEquals }) => ErrorEquals),
        others,
      );
      assert.ok(Retry.length > 0);
      for (const { ErrorEquals, MaxAttempts, JitterStrategy, MaxDelaySeconds } of Retry) {
        assert.not(ErrorEquals.includes("States.ALL"));
        if (MaxAttempts !== 0) assert.ok(JitterStrategy === "FULL" && MaxDelaySeconds);
      }
    }
  }
});

test("end in a failure after the dead-letter queue, so that the failure is counted", () => {
  for (const name of names) {
    const { States } = read(name);
    for (const after of nextOf(Object(States["SendToDeadLetterQueue"]))) {
      assert.is(States[after]?.Type, "Fail");
    }
  }
});

test("can take no longer, at the very worst, than the machine may, and that is within Express's five minutes", () => {
  for (const name of ofEvents) {
    const definition = read(name);
    const worst = longestFrom(definition, definition.StartAt);
    assert.ok(worst < definition.TimeoutSeconds, `${name}: ${worst} s of ${definition.TimeoutSeconds} s`);
    assert.ok(definition.TimeoutSeconds < 300);
  }
});

test("leave those in the background room for the longest wait that can be configured, and for all of their retries once", () => {
  const waits = { "heal-subscription": 1440 * 60, reconcile: 1000 * 60 };
  for (const [name, wait] of Object.entries(waits)) {
    const { States, TimeoutSeconds } = read(name);
    const tasks = Object.values(States).filter((state): state is Task => state.Type === "Task");
    const worst = wait + tasks.reduce((sum, task) => sum + worstOf(task), 0);
    assert.ok(worst < TimeoutSeconds, `${name}: ${worst} s of ${TimeoutSeconds} s`);
  }
});

// Each retrier counts for itself, so a task may be tried once and as often again as all of them allow.
const worstOf = ({ TimeoutSeconds, Retry = [] }: Task): number => {
  const tries = 1 + Retry.reduce((sum, { MaxAttempts = 3 }) => sum + MaxAttempts, 0);
  const backoff = Retry.flatMap(
    ({ IntervalSeconds = 1, BackoffRate = 2, MaxAttempts = 3, MaxDelaySeconds = Infinity }) =>
      Array.from({ length: MaxAttempts }, (_, index) =>
        Math.min(IntervalSeconds * BackoffRate ** index, MaxDelaySeconds),
      ),
  );
  return tries * TimeoutSeconds + backoff.reduce((sum, seconds) => sum + seconds, 0);
};

const longestFrom = (definition: Definition, name: string): number => {
  const state = definition.States[name];
  if (!state) throw new Error(`There is no state ${name}`);
  const own = state.Type === "Task" ? worstOf(state) : 0;
  return own + Math.max(0, ...nextOf(state).map((next) => longestFrom(definition, next)));
};

test.run();
