import { makeCommand } from "../../ops/command/make-command.ts";
import { findViolations } from "../../tools/audit/least-privilege.ts";
import { policiesOf } from "../../emulator/iam/graph-policies.ts";
import { mutationsOf } from "./policy-mutations.ts";
import { needsOf, runAll } from "./policy-run.ts";

makeCommand(
  "test:policies",
  "Mutation test of prod's IAM policies: changes every statement in every way, and fails if npm test's check misses a change.",
).parse();

const run = await runAll();
const needs = needsOf(run);
const policies = policiesOf(run.graph);

const unchanged = findViolations(policies, needs);
for (const problem of unchanged) console.error(`Unchanged: ${problem}`);

const mutations = mutationsOf(policies);
const survivors = mutations.filter((mutation) => {
  const [found] = findViolations(mutation.policies, needs);
  console.log(`${found === undefined ? "SURVIVES" : "found   "}  ${mutation.what}`);
  return found === undefined;
});

const statements = policies.reduce((sum, policy) => sum + policy.statements.length, 0);
console.log(`\n${run.uses.length} uses of ${statements} statements in ${policies.length} policies`);
console.log(`${mutations.length - survivors.length} of ${mutations.length} changes found`);
for (const { what } of survivors) console.error(`Not found: ${what}`);
process.exitCode = unchanged.length + survivors.length > 0 ? 1 : 0;
