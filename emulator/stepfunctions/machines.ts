import { type Infer, literal, number, object, record, string, type, unknown } from "superstruct";
import { checked } from "../graph/checked.ts";
import type { Clock } from "../time/clock.ts";
import { eventIdOf } from "../eventbridge/delivery.ts";
import type { Strike } from "../faults/faults.ts";
import { type Graph, ofType } from "../graph/load.ts";
import type { Request } from "../iam/policy.ts";
import { type CallService, type Machine, makeMachine } from "./machine.ts";
import { measuredCall } from "./metrics.ts";
import type { Metrics } from "../cloudwatch/metrics.ts";
import type { Permissions } from "../iam/permissions.ts";
import type { Queue } from "../sqs/queue.ts";
import { LambdaError } from "../lambda/container.ts";
import { type Sandbox, startSandbox } from "../lambda/container-pool.ts";

/** A Lambda of the graph, running. */
export interface RunningFunction extends Sandbox {
  name: string;
  arn: string;
  timeoutSeconds: number;
}

/** What the parts of the cloud are made with. */
export interface ServicesArgs {
  graph: Graph;
  permissions: Permissions;
  clock: Clock;
  strike: Strike;
  metrics: Metrics;
  /** How many containers of each Lambda there are at most. */
  containers?: number | undefined;
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

const LambdaCall = object({ FunctionName: string(), Payload: unknown() });
const QueueCall = object({ QueueUrl: string(), MessageBody: unknown() });

/** Starts the Lambdas of a graph, each with its bundle, its environment and its limits. */
export const startFunctions = (
  { graph, permissions, containers }: ServicesArgs,
  endpoint: string,
  onLog: (logGroup: string, line: string) => void,
): RunningFunction[] =>
  ofType(graph, "aws:lambda/function:Function").map(({ name, inputs, outputs }) => {
    const lambda = checked(inputs, FunctionInputs, `function ${name}`);
    const code = lambda.code["index.js"];
    if (lambda.runtime !== "nodejs24.x" || lambda.handler !== "index.handler" || code === undefined) {
      throw new Error(`Function ${name}: the runner runs index.handler of an index.js on nodejs24.x, and nothing else`);
    }
    demandLogging(graph, permissions, lambda);
    const args = {
      name: lambda.name,
      code,
      // What Lambda itself puts there, as far as the code reads it; the access key says whose calls they are.
      environment: {
        AWS_REGION: graph.region,
        AWS_LAMBDA_FUNCTION_NAME: lambda.name,
        AWS_ACCESS_KEY_ID: lambda.name,
        AWS_SECRET_ACCESS_KEY: "none",
        AWS_SESSION_TOKEN: "none",
        AWS_ENDPOINT_URL_DYNAMODB: endpoint,
        ...lambda.environment.variables,
      },
      memoryMegabytes: lambda.memorySize,
      timeoutSeconds: lambda.timeout,
      onLog: (line: string) => onLog(lambda.loggingConfig.logGroup, line),
    };
    const sandbox = startSandbox(args, containers);
    return { ...sandbox, name: lambda.name, arn: `${outputs["arn"]}`, timeoutSeconds: lambda.timeout };
  });

// AWS would run a Lambda that may not write its log, and nobody would know what it does.
const demandLogging = (
  graph: Graph,
  permissions: Permissions,
  { name, role, loggingConfig }: Infer<typeof FunctionInputs>,
): void => {
  const group = ofType(graph, "aws:cloudwatch/logGroup:LogGroup").find(
    ({ inputs }) => inputs["name"] === loggingConfig.logGroup,
  );
  if (!group) throw new Error(`Function ${name}: there is no log group ${loggingConfig.logGroup}`);
  for (const action of ["logs:CreateLogStream", "logs:PutLogEvents"]) {
    const by = { service: "lambda.amazonaws.com", session: name };
    const resource = `${group.outputs["arn"]}:log-stream:1`;
    const refusal = permissions.roleRefusal(role, by, { action, resource });
    if (refusal) throw new Error(`Function ${name}: ${refusal.message}`);
  }
};

const MachineInputs = type({ name: string(), type: string(), roleArn: string(), definition: string() });

/** Makes the state machines of a graph; what they call are those functions and queues, as far as their roles may. */
export const makeMachines = (args: ServicesArgs, functions: RunningFunction[], queues: Queue[]): Machine[] => {
  const { graph, permissions, clock, strike } = args;
  return ofType(graph, "aws:sfn/stateMachine:StateMachine").map(({ name, inputs, outputs }) => {
    const machine = checked(inputs, MachineInputs, `state machine ${name}`);
    if (machine.type !== "EXPRESS") throw new Error(`State machine ${name}: the runner runs Express ones only`);
    const arn = `${outputs["arn"]}`;
    const context = { "aws:SourceArn": arn, "aws:SourceAccount": graph.account };
    const by = { service: "states.amazonaws.com", context, session: machine.name };
    const demand = (errorName: string, request: Request) => {
      const refusal = permissions.roleRefusal(machine.roleArn, by, request);
      if (refusal) throw serviceError(errorName, refusal.message);
    };

    const callLambda = async (parameters: unknown) => {
      const { FunctionName, Payload } = checked(parameters, LambdaCall, `a call of ${name}`);
      demand("Lambda.AWSLambdaException", { action: "lambda:InvokeFunction", resource: FunctionName });
      const called = functions.find((candidate) => candidate.arn === FunctionName);
      if (!called) throw serviceError("Lambda.ResourceNotFoundException", `Function not found: ${FunctionName}`);
      try {
        return { StatusCode: 200, ExecutedVersion: "$LATEST", Payload: await invoke(called, Payload, args) };
      } catch (error) {
        if (!(error instanceof LambdaError)) throw error;
        // Step Functions gives the error its type as a name, and all of it as the cause.
        const { name: errorType, message: errorMessage, trace } = error;
        throw serviceError(errorType, JSON.stringify({ errorType, errorMessage, trace }));
      }
    };

    const sendMessage = (parameters: unknown) => {
      const { QueueUrl, MessageBody } = checked(parameters, QueueCall, `a call of ${name}`);
      const queue = queues.find(({ url }) => url === QueueUrl);
      if (!queue) throw serviceError("SQS.QueueDoesNotExistException", `The queue ${QueueUrl} does not exist`);
      const request = { action: "sqs:SendMessage", resource: queue.arn, context: { "aws:SecureTransport": "true" } };
      demand("SQS.SqsException", request);
      const eventId = eventIdOf(Object(MessageBody).event);
      if (strike("queue", eventId, eventId)) throw serviceError("SQS.SqsException", "Injected: the queue refuses");
      queue.send(JSON.stringify(MessageBody), clock.now());
      return { MessageId: queue.messages.at(-1)?.messageId };
    };

    const callService: CallService = async (resource, parameters) =>
      resource === "arn:aws:states:::lambda:invoke" ? callLambda(parameters) : sendMessage(parameters);
    const stalls = (input: unknown) => strike("machine", eventIdOf(input), eventIdOf(input), machine.name) !== null;
    return makeMachine({ name: machine.name, arn, definition: machine.definition, callService, stalls, clock });
  });
};

const invoke = async (called: RunningFunction, payload: unknown, args: ServicesArgs): Promise<unknown> => {
  const eventId = eventIdOf(Object(payload).event);
  const fault = args.strike("lambda", `${called.name} ${eventId}`, eventId, called.name);
  if (fault === "throttled") {
    const dimensions = { FunctionName: called.name };
    args.metrics.put({ namespace: "AWS/Lambda", metricName: "Throttles", dimensions });
    throw serviceError("Lambda.TooManyRequestsException", "Injected: Rate Exceeded.");
  }
  return measuredCall(args, called.name, () => callWith(fault, called, payload, args.clock));
};

const callWith = async (fault: string | null, called: RunningFunction, payload: unknown, clock: Clock) => {
  if (fault === "throws") throw injected("InjectedFault", "the Lambda throws");
  const answer = await clock.busy(called.invoke(payload));
  if (fault === "slow") await clock.sleep(0.9 * 1000 * called.timeoutSeconds);
  if (fault === null || fault === "slow") return answer;
  if (fault === "hangs") await clock.sleep(1000 * called.timeoutSeconds);
  throw injected(lambdaErrors[fault] ?? fault, `the Lambda ${fault} when its work is done`);
};

const lambdaErrors: Record<string, string> = {
  crashes: "Runtime.ExitError",
  hangs: "Sandbox.Timedout",
  "out-of-memory": "Runtime.OutOfMemory",
};

const injected = (errorType: string, what: string): LambdaError =>
  new LambdaError({ errorType, errorMessage: `Injected: ${what}` });

const serviceError = (name: string, message: string): Error => Object.assign(new Error(message), { name });
