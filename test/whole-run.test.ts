import { suite } from "uvu";
import * as assert from "uvu/assert";
import { lambdasOf, readDefinition } from "../infra/processing/definition.ts";
import { workflows } from "../infra/workflows.ts";
import { ofType } from "../emulator/graph/graph.ts";
import { findViolations } from "../tools/audit/least-privilege.ts";
import { policiesOf } from "../emulator/iam/graph-policies.ts";
import { personalIn } from "./helpers/planted.ts";
import { mutationsOf } from "./drills/policy-mutations.ts";
import { kinds, needsOf, type PolicyRun, runAll } from "./drills/policy-run.ts";

const test = suite("in a run of prod through all that can happen");

let run: PolicyRun;
test.before(async () => {
  run = await runAll();
});

test("prod's policies allow exactly what events of every type and an operator need, and what no laptop can use", () => {
  assert.equal(findViolations(policiesOf(run.graph), needsOf(run)), []);
});

test("every kind of event went the way that it should", () => {
  const outcomesOf = (kind: string) =>
    workflows.map(({ name }) => {
      const { outcome, error } = run.outcomes.get(`evt_${kind}_${name}`) ?? {};
      return error ? `${outcome} ${error.name}` : outcome;
    });
  const all = (outcome: string) => workflows.map(() => outcome);
  assert.is(run.outcomes.size, kinds.length * workflows.length + 1);
  for (const [index, outcome] of outcomesOf("good").entries()) {
    const message = `${workflows[index]?.eventType}: expected applied, duplicate or stale, got ${outcome}`;
    assert.ok(["applied", "duplicate", "stale"].includes(`${outcome}`), message);
  }
  assert.equal(outcomesOf("invalid"), all("dead-letter InvalidEvent"));
  // Whose it is does not matter to a definition that does not ask.
  for (const [index, { name, definition }] of workflows.entries()) {
    const outcome = outcomesOf("unknown")[index];
    if (!lambdasOf(readDefinition(definition)).includes("resolve-customer"))
      assert.ok(["applied", "duplicate"].includes(`${outcome}`), outcome);
    else assert.is(outcome, "dead-letter CustomerNotFound", name);
  }
  assert.equal(outcomesOf("test-mode"), all("refused Refused"));
  assert.equal(outcomesOf("undelivered"), all("dead-letter THROTTLING"));
  assert.is(run.outcomes.get("evt_unforwarded_all")?.error?.name, "THROTTLING");
});

test("nothing of the test mode was written in prod", () => {
  for (const { name } of workflows) assert.equal(run.outcomes.get(`evt_test-mode_${name}`)?.written, []);
});

test("no statement can go, and none can be added, without being noticed", () => {
  const mutations = mutationsOf(policiesOf(run.graph));
  const some = mutations.filter(({ what }) => what.endsWith(", removed") || what.includes(": one more statement"));
  assert.ok(some.length > 100, `${some.length}`);
  for (const { what, policies } of some) assert.not.equal(findViolations(policies, needsOf(run)), [], what);
});

test("personal data are in every dead letter whole, as they were planted everywhere in every event", () => {
  for (const [eventId, { error }] of run.outcomes) {
    if (error) assert.match(run.written.deadLetters, eventId);
  }
  assert.is(personalIn(run.written.deadLetters).length, 6);
});

test("personal data are in no log of prod's, though every Lambda and every machine logged", () => {
  const loggers = ["aws:lambda/function:Function", "aws:sfn/stateMachine:StateMachine"];
  const names = loggers.flatMap((type) => ofType(run.graph, type)).map(({ name }) => name);
  for (const name of names) assert.ok((run.written.logs.get(name) ?? "").length > 1000, name);
  for (const [name, log] of run.written.logs) assert.equal(personalIn(log), [], name);
});

test("personal data are in no metric, in no row, and in nothing that the runner or an operator's commands print", () => {
  const { metrics, rows, output } = run.written;
  assert.match(metrics, "PaymentSucceeded");
  assert.match(rows, "in_run");
  assert.match(output, /InvalidEvent: detail\.data\.object\.amount_\w+: expected an integer, got a string/);
  assert.match(output, "failed again  evt_invalid_payment-succeeded");
  for (const text of [metrics, rows, output]) assert.equal(personalIn(text), []);
});

test.run();
