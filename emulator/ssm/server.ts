import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import { type Graph, ofType } from "../graph/graph.ts";
import { parseJson } from "../graph/json.ts";
import { validateInputs } from "../graph/validate-inputs.ts";
import { notAuthorized } from "../iam/access-denied.ts";
import type { Permissions } from "../iam/permissions.ts";
import { accessKeyOf } from "../protocol/access-keys.ts";
import { AwsError } from "../protocol/aws-call.ts";
import { foreignRequestProblem } from "../protocol/foreign-request.ts";
import { GetParameter, getParameter, type Parameter, parametersOf } from "./parameters.ts";

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
  const parameters = parametersOf(args.graph, args.parameters);
  const server = createServer(async (request, response) => {
    const { status, body } = await answer(request, parameters, args);
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

const answer = async (request: IncomingMessage, parameters: Parameter[], args: ParameterStoreArgs) => {
  try {
    const problem = foreignRequestProblem(request.headers);
    if (problem !== null) throw new AwsError("AccessDeniedException", problem);
    const target = request.headers["x-amz-target"];
    if (target !== "AmazonSSM.GetParameter")
      throw new AwsError("UnknownOperationException", `The emulator does not know ${target}`);
    const refuse = (path: string, { message }: { message: string }) =>
      new AwsError("ValidationException", `The emulator does not take this, at ${path}: ${message}`);
    const input = validateInputs(parseJson(await text(request)), GetParameter, refuse);
    assertAllowed(accessKeyOf(request.headers), input.Name, args);
    return { status: 200, body: getParameter(parameters, input) };
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return { status: 400, body: { __type: error.name, message: error.message } };
  }
};

// A Lambda's access key is its name.
const assertAllowed = (key: string, name: string, { graph, permissions }: ParameterStoreArgs): void => {
  const { region, account } = graph;
  const arn = name.startsWith("arn:") ? name : `arn:aws:ssm:${region}:${account}:parameter/${name.replace(/^\//, "")}`;
  const request = { action: "ssm:GetParameter", resource: arn };
  const caller = ofType(graph, "aws:lambda/function:Function").find(({ inputs }) => inputs["name"] === key);
  const by = { service: "lambda.amazonaws.com", session: key };
  const refusal = caller ? permissions.roleRefusal(`${caller.inputs["role"]}`, by, request)?.message : undefined;
  if (caller && refusal === undefined) return;
  throw new AwsError("AccessDeniedException", refusal ?? notAuthorized(key, request, "identity"));
};
