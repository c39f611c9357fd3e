import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import { type Graph, ofType } from "../graph/graph.ts";
import { parseJson } from "../graph/json.ts";
import { notAuthorized } from "../iam/access-denied.ts";
import type { Permissions } from "../iam/permissions.ts";
import type { Request } from "../iam/policy.ts";
import { accessKeyOf } from "../protocol/access-keys.ts";
import { actionOf, type AwsCalls, AwsError } from "../protocol/aws-call.ts";
import { foreignRequestProblem } from "../protocol/foreign-request.ts";

/** AWS's API on loopback, for the Lambdas of a graph. */
export interface AwsEndpoint {
  url: string;
  stop(): Promise<void>;
}

/** What the endpoint is started with. */
export interface AwsEndpointArgs {
  graph: Graph;
  permissions: Permissions;
  /** The calls that it answers, besides those of DynamoDB, which has an endpoint of its own. */
  calls: AwsCalls;
}

/** Starts the endpoint: each Lambda may call what its role allows. */
export const startAwsEndpoint = async (args: AwsEndpointArgs): Promise<AwsEndpoint> => {
  const server = createServer(async (request, response) => {
    const { status, body } = await answer(request, args);
    response.writeHead(status, { "content-type": "application/x-amz-json-1.1" });
    response.end(JSON.stringify(body));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${Object(server.address()).port}`,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
};

const answer = async (request: IncomingMessage, args: AwsEndpointArgs) => {
  const { calls } = args;
  try {
    const problem = foreignRequestProblem(request.headers);
    if (problem !== null) throw new AwsError("AccessDeniedException", problem);
    const target = `${request.headers["x-amz-target"]}`;
    const call = Object.hasOwn(calls, target) ? calls[target] : undefined;
    if (!call) throw new AwsError("UnknownOperationException", `The emulator does not know ${target}`);
    const input = parseJson(await text(request));
    const action = actionOf(target);
    const key = accessKeyOf(request.headers);
    for (const resource of call.resources(input)) assertAllowed(key, { action, resource }, args);
    return { status: 200, body: await call.answer(input, key) };
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    // The SDK calls again where the service itself has failed.
    return {
      status: error.name === "InternalException" ? 500 : 400,
      body: { __type: error.name, message: error.message },
    };
  }
};

// A Lambda's access key is its name.
const assertAllowed = (key: string, request: Request, { graph, permissions }: AwsEndpointArgs): void => {
  const caller = ofType(graph, "aws:lambda/function:Function").find(({ inputs }) => inputs["name"] === key);
  if (!caller) throw new AwsError("AccessDeniedException", notAuthorized(key, request, "identity"));
  const by = { service: "lambda.amazonaws.com", session: key };
  const refusal = permissions.roleRefusal(`${caller.inputs["role"]}`, by, request);
  if (refusal) throw new AwsError("AccessDeniedException", refusal.message);
};
