import { existsSync, readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parse } from "yaml";
import { configOf } from "../local/program.ts";
import { ofType } from "../emulator/graph/graph.ts";
import { graphOf } from "./helpers/stack.ts";

const test = suite("the workflows");

interface Step {
  uses?: string;
  run?: string;
  with?: Record<string, unknown>;
  env?: Record<string, string>;
}

interface Job {
  needs?: string;
  if?: string;
  uses?: string;
  environment?: string;
  permissions?: Record<string, string>;
  with?: Record<string, string>;
  strategy?: { matrix: { script: string[] } };
  steps?: Step[];
}

const workflow = (name: string): { on: unknown; permissions: object; jobs: Record<string, Job> } =>
  parse(readFileSync(`.github/workflows/${name}.yml`, "utf8"));

const ci = workflow("ci");
const deploy = workflow("deploy");
const packageJson = JSON.parse(readFileSync("package.json", "utf8"));
const stepsOf = ({ steps = [] }: Job = {}): Step[] => steps;

test("run the checks, the tests, those in a browser and of the policies, the comparison of the graph, the list of licences and the drill on every push", () => {
  assert.is(ci.on, "push");
  const { verify } = ci.jobs;
  const scripts = verify?.strategy?.matrix.script ?? [];
  const others = ["check", "drill", "graph -- --check", "licences"];
  assert.equal(scripts.toSorted(), [...others, "test", "test:browser", "test:policies"]);
  for (const script of scripts) assert.ok(packageJson.scripts[script.replace(/ -- .*/, "")], script);
  assert.is(stepsOf(verify).at(-1)?.run, "npm run ${{ matrix.script }}");
  assert.not(verify?.if);
});

test("use the Node that runs everything else, here and in Lambda", async () => {
  const [major] = packageJson.optionalDependencies.node.split(".");
  for (const { inputs } of ofType(await graphOf("prod"), "aws:lambda/function:Function")) {
    assert.is(inputs["runtime"], `nodejs${major}.x`);
  }
  for (const job of [ci.jobs["verify"], deploy.jobs["deploy"]]) {
    const setup = stepsOf(job).find(({ uses }) => uses?.startsWith("actions/setup-node@"));
    assert.is(`${setup?.with?.["node-version"]}`, major);
  }
});

test("install what the lock says before they run anything of it, and get credentials after that", () => {
  for (const job of [ci.jobs["verify"], deploy.jobs["deploy"]]) {
    const steps = stepsOf(job).map(({ run, uses }) => run ?? uses ?? "");
    const install = steps.indexOf("npm ci");
    assert.ok(install > 0);
    for (const [index, step] of steps.entries()) {
      if (/^np(m run|x) |configure-aws-credentials/.test(step)) assert.ok(index > install, step);
    }
  }
  const steps = stepsOf(deploy.jobs["deploy"]);
  assert.match(`${steps.at(-2)?.uses}`, /^aws-actions\/configure-aws-credentials@/);
  assert.match(`${steps.at(-1)?.run}`, /^npx pulumi up --stack "\$STACK" --yes /);
});

test("deploy from main alone, dev once everything holds, and prod after dev, each in the environment of its name", () => {
  const { dev, prod } = ci.jobs;
  assert.equal([dev?.needs, dev?.if], ["verify", "github.ref == 'refs/heads/main'"]);
  // Without an `if` of its own it is left out wherever dev is.
  assert.equal([prod?.needs, prod?.if], ["dev", undefined]);
  for (const [stack, job] of Object.entries({ dev, prod })) {
    assert.equal(job?.with, { stack });
    assert.ok(existsSync(`Pulumi.${stack}.yaml`));
    assert.ok(existsSync(`${job?.uses}`));
  }
  assert.is(deploy.jobs["deploy"]?.environment, "${{ inputs.stack }}");
  assert.is(stepsOf(deploy.jobs["deploy"]).at(-1)?.env?.["STACK"], "${{ inputs.stack }}");
});

test("may read the repository, and only to deploy ask for the token that AWS trusts", () => {
  assert.equal(ci.permissions, { contents: "read" });
  assert.is(ci.jobs["verify"]?.permissions, undefined);
  const deploying = { contents: "read", "id-token": "write" };
  for (const permissions of [ci.jobs["dev"]?.permissions, ci.jobs["prod"]?.permissions, deploy.permissions]) {
    assert.equal(permissions, deploying);
  }
  const credentials = stepsOf(deploy.jobs["deploy"]).at(-2)?.with ?? {};
  assert.equal(Object.keys(credentials).toSorted(), ["aws-region", "role-to-assume"]);
  for (const stack of ["dev", "prod"]) {
    assert.is(configOf(stack).config["aws:region"], credentials["aws-region"]);
  }
});

test("pin every action to a commit, and say which release that is", () => {
  for (const name of ["ci", "deploy"]) {
    const actions = readFileSync(`.github/workflows/${name}.yml`, "utf8").match(/uses: (?!\.).*/g) ?? [];
    assert.ok(actions.length > 1);
    for (const action of actions) assert.match(action, /^uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  }
});

test.run();
