import { excessOf } from "../../tools/audit/least-privilege.ts";
import { policiesOf } from "../../emulator/iam/graph-policies.ts";
import { mutationsOf } from "./policy-mutations.ts";
import { needsOf, runAll } from "./policy-run.ts";

// Changes every statement of every policy of prod in every way, and sees that the check of npm test finds each change.

const run = await runAll();
const needs = needsOf(run);
const policies = policiesOf(run.graph);

const unchanged = excessOf(policies, needs);
for (const problem of unchanged) console.error(`As it is: ${problem}`);

const mutations = mutationsOf(policies);
const survivors = mutations.filter((mutation) => {
  const [found] = excessOf(mutation.policies, needs);
  console.log(`${found === undefined ? "SURVIVES" : "found   "}  ${mutation.what}`);
  return found === undefined;
});

const statements = policies.reduce((sum, policy) => sum + policy.statements.length, 0);
console.log(`\n${run.uses.length} uses of ${statements} statements in ${policies.length} policies`);
console.log(`${mutations.length - survivors.length} of ${mutations.length} changes found`);
for (const { what } of survivors) console.error(`Not found: ${what}`);
process.exitCode = unchanged.length + survivors.length > 0 ? 1 : 0;
