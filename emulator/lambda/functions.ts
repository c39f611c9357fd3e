import { type Infer, literal, number, object, record, string, type } from "superstruct";
import { EmulatorError } from "../graph/errors.ts";
import { type Graph, ofType } from "../graph/graph.ts";
import { validateInputs } from "../graph/validate-inputs.ts";
import type { Permissions } from "../iam/permissions.ts";
import type { Clock } from "../time/clock.ts";
import { type ContainerPool, startContainerPool } from "./container-pool.ts";

/** A Lambda of the graph, running. */
export interface RunningFunction extends ContainerPool {
  name: string;
  arn: string;
  timeoutSeconds: number;
}

/** What the Lambdas are started with. */
export interface FunctionsArgs {
  graph: Graph;
  permissions: Permissions;
  /** Where the Lambdas find DynamoDB. */
  dynamodbEndpoint: string;
  /** Where the Lambdas find the other services. */
  awsEndpoint: string;
  /** What each Lambda has in its environment besides what the graph says. */
  lambdaEnvironment?: Record<string, string> | undefined;
  /** The largest number of containers of each Lambda. */
  containers?: number | undefined;
  /** Whose time a Lambda's waits take. */
  clock: Clock;
  /** Gets each line that a Lambda writes to its log group. */
  onLog: (logGroup: string, line: string) => void;
}

const FunctionInputs = type({
  name: string(),
  role: string(),
  runtime: string(),
  handler: string(),
  code: record(string(), string()),
  memorySize: number(),
  timeout: number(),
  environment: object({ variables: record(string(), string()) }),
  loggingConfig: type({ logFormat: literal("JSON"), logGroup: string() }),
});

/** Starts the Lambdas of a graph, each with its bundle, its environment and its limits. */
export const startFunctions = (args: FunctionsArgs): RunningFunction[] =>
  ofType(args.graph, "aws:lambda/function:Function").map(({ name: logicalName, inputs, outputs }) => {
    const lambda = validateInputs(inputs, FunctionInputs, `function ${logicalName}`);
    const { name, runtime, handler, memorySize: memoryMegabytes, timeout: timeoutSeconds, loggingConfig } = lambda;
    const code = lambda.code["index.js"];
    if (runtime !== "nodejs24.x" || handler !== "index.handler" || code === undefined) {
      const known = "index.handler of an index.js on nodejs24.x";
      throw new EmulatorError(`Function ${logicalName}: the emulator runs ${known}, and nothing else`);
    }
    assertLogging(args, lambda);
    const environment = environmentOf(lambda, args);
    const onLog = (line: string) => args.onLog(loggingConfig.logGroup, line);
    const sleep = (milliseconds: number) => args.clock.sleepHeld(milliseconds);
    const pool = startContainerPool(
      { name, code, environment, memoryMegabytes, timeoutSeconds, onLog, sleep },
      args.containers,
    );
    return { ...pool, name, arn: `${outputs["arn"]}`, timeoutSeconds };
  });

// What Lambda itself puts there, as far as code reads it; the access key tells the services whose calls they are.
const environmentOf = (
  { name, environment }: Infer<typeof FunctionInputs>,
  { graph, dynamodbEndpoint, awsEndpoint, lambdaEnvironment }: FunctionsArgs,
) => ({
  AWS_REGION: graph.region,
  AWS_LAMBDA_FUNCTION_NAME: name,
  AWS_ACCESS_KEY_ID: name,
  AWS_SECRET_ACCESS_KEY: "none",
  AWS_SESSION_TOKEN: "none",
  AWS_ENDPOINT_URL_DYNAMODB: dynamodbEndpoint,
  AWS_ENDPOINT_URL_EVENTBRIDGE: awsEndpoint,
  AWS_ENDPOINT_URL_SSM: awsEndpoint,
  ...environment.variables,
  ...lambdaEnvironment,
});

// AWS would run a Lambda that may not write its log, and its lines would be lost.
const assertLogging = (
  { graph, permissions }: FunctionsArgs,
  { name, role, loggingConfig }: Infer<typeof FunctionInputs>,
): void => {
  const group = ofType(graph, "aws:cloudwatch/logGroup:LogGroup").find(
    ({ inputs }) => inputs["name"] === loggingConfig.logGroup,
  );
  if (!group) throw new EmulatorError(`Function ${name}: there is no log group ${loggingConfig.logGroup}`);
  for (const action of ["logs:CreateLogStream", "logs:PutLogEvents"]) {
    const by = { service: "lambda.amazonaws.com", session: name };
    const resource = `${group.outputs["arn"]}:log-stream:1`;
    const refusal = permissions.roleRefusal(role, by, { action, resource });
    if (refusal) throw new EmulatorError(`Function ${name}: ${refusal.message}`);
  }
};
