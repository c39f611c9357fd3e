import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import { type Graph, ofType } from "../graph/graph.ts";
import { parseJson } from "../graph/json.ts";
import { notAuthorized } from "../iam/access-denied.ts";
import type { Permissions } from "../iam/permissions.ts";
import type { Request } from "../iam/policy.ts";
import { accessKeyOf } from "../protocol/access-keys.ts";
import { type AwsCalls, AwsError } from "../protocol/aws-call.ts";
import { foreignRequestProblem } from "../protocol/foreign-request.ts";
import { parameterCalls } from "./api.ts";
import { parametersOf } from "./parameters.ts";

/** Systems Manager's Parameter Store on loopback, for the Lambdas of a graph. */
export interface ParameterStore {
  endpoint: string;
  stop(): Promise<void>;
}

/** What the Parameter Store is started with. */
export interface ParameterStoreArgs {
  graph: Graph;
  permissions: Permissions;
  /** The values of parameters, by logical or physical name; without one, a parameter has that of the program. */
  parameters?: Record<string, string> | undefined;
}

/** Starts the Parameter Store: each Lambda may read what its role allows. */
export const startParameterStore = async (args: ParameterStoreArgs): Promise<ParameterStore> => {
  const calls = parameterCalls(parametersOf(args.graph, args.parameters), args.graph);
  const server = createServer(async (request, response) => {
    const { status, body } = await answer(request, calls, args);
    response.writeHead(status, { "content-type": "application/x-amz-json-1.1" });
    response.end(JSON.stringify(body));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    endpoint: `http://127.0.0.1:${Object(server.address()).port}`,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
};

const answer = async (request: IncomingMessage, calls: AwsCalls, args: ParameterStoreArgs) => {
  try {
    const problem = foreignRequestProblem(request.headers);
    if (problem !== null) throw new AwsError("AccessDeniedException", problem);
    const target = `${request.headers["x-amz-target"]}`;
    const call = Object.hasOwn(calls, target) ? calls[target] : undefined;
    if (!call) throw new AwsError("UnknownOperationException", `The emulator does not know ${target}`);
    const input = parseJson(await text(request));
    const action = target.replace("AmazonSSM.", "ssm:");
    const key = accessKeyOf(request.headers);
    for (const resource of call.resources(input)) assertAllowed(key, { action, resource }, args);
    return { status: 200, body: await call.answer(input) };
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return { status: 400, body: { __type: error.name, message: error.message } };
  }
};

// A Lambda's access key is its name.
const assertAllowed = (key: string, request: Request, { graph, permissions }: ParameterStoreArgs): void => {
  const caller = ofType(graph, "aws:lambda/function:Function").find(({ inputs }) => inputs["name"] === key);
  if (!caller) throw new AwsError("AccessDeniedException", notAuthorized(key, request, "identity"));
  const by = { service: "lambda.amazonaws.com", session: key };
  const refusal = permissions.roleRefusal(`${caller.inputs["role"]}`, by, request);
  if (refusal) throw new AwsError("AccessDeniedException", refusal.message);
};
