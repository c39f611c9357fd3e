import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { type Emulator, type EmulatorArgs, startEmulator } from "../../emulator/emulator.ts";
import { loadGraph, type Program } from "../../emulator/graph/load.ts";
import { VirtualClock } from "../../emulator/time/clock.ts";

const policyOf = (statements: object[]): string =>
  JSON.stringify({ Version: "2012-10-17", Statement: statements.map((own) => ({ Effect: "Allow", ...own })) });

/** Makes a role that a service may assume, and that allows these statements, on all resources unless they name others. */
export const makeRole = (name: string, service: string, allow: object[], trust: object = {}): aws.iam.Role => {
  const assumeRolePolicy = policyOf([{ Principal: { Service: service }, Action: "sts:AssumeRole", ...trust }]);
  const role = new aws.iam.Role(name, { name, assumeRolePolicy });
  const policy = policyOf(allow.map((statement) => ({ Resource: "*", ...statement })));
  new aws.iam.RolePolicy(name, { role: role.name, policy });
  return role;
};

/** Makes the policy of the operator. */
export const makeOperatorPolicy = (allow: object[]): aws.iam.Policy =>
  new aws.iam.Policy("operator", { name: "operator", policy: policyOf(allow) });

/** Makes a Lambda of this code. */
export const makeFunction = (name: string, code: string, allow: object[] = []): aws.lambda.Function => {
  const logs = new aws.cloudwatch.LogGroup(name, { name: `/lambda/${name}` });
  const logging = { Action: ["logs:CreateLogStream", "logs:PutLogEvents"] };
  return new aws.lambda.Function(name, {
    name,
    role: makeRole(`${name}-lambda`, "lambda.amazonaws.com", [logging, ...allow]).arn,
    runtime: "nodejs24.x",
    handler: "index.handler",
    code: new pulumi.asset.AssetArchive({ "index.js": new pulumi.asset.StringAsset(code) }),
    memorySize: 128,
    timeout: 3,
    environment: { variables: {} },
    loggingConfig: { logFormat: "JSON", logGroup: logs.name },
  });
};

/** Makes a state machine, which starts with the first of its states. */
export const makeStateMachine = (
  name: string,
  type: "EXPRESS" | "STANDARD",
  states: Record<string, pulumi.Input<object>>,
  { allow = [], TimeoutSeconds = 60 }: { allow?: object[]; TimeoutSeconds?: number } = {},
): aws.sfn.StateMachine => {
  const logs = new aws.cloudwatch.LogGroup(`${name}-machine`, { name: `/machine/${name}` });
  return new aws.sfn.StateMachine(name, {
    name,
    type,
    roleArn: makeRole(`${name}-machine`, "states.amazonaws.com", [{ Action: "logs:CreateLogDelivery" }, ...allow]).arn,
    definition: pulumi.jsonStringify({
      Comment: "Made for a test.",
      StartAt: Object.keys(states)[0],
      TimeoutSeconds,
      States: states,
    }),
    loggingConfiguration: {
      level: "ALL",
      includeExecutionData: true,
      logDestination: pulumi.interpolate`${logs.arn}:*`,
    },
  });
};

/** Makes a queue. */
export const makeQueue = (name: string): aws.sqs.Queue =>
  new aws.sqs.Queue(name, { name, maxMessageSize: 262_144, visibilityTimeoutSeconds: 30 });

/** Starts a program that has nothing to do with Stripe; it gets a bus of its own. */
export const startProgram = async (
  program: () => void,
  args: Partial<EmulatorArgs> = {},
): Promise<Emulator & { clock: VirtualClock }> => {
  const clock = new VirtualClock();
  const withBus: Program = async () => {
    new aws.cloudwatch.EventBus("shop", { name: "shop" });
    program();
    return {};
  };
  const emulator = await startEmulator({
    graph: loadGraph(withBus, { project: "shop", stack: "corner", config: { "aws:region": "eu-west-1" } }),
    eventIdOf: (event) => `${Object(event).id}`,
    ownMetrics: [],
    operatorPolicy: "operator",
    otherTables: () => [],
    clock,
    ...args,
  });
  return { ...emulator, clock };
};
