import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { once } from "node:events";
import { inspect } from "node:util";
import type { AwsApi } from "../../emulator/aws-api.ts";
import { parseJson } from "../../emulator/graph/json.ts";
import { foreignRequestProblem } from "../../emulator/protocol/foreign-request.ts";
import { UserError } from "../../ops/command/errors.ts";
import { escapeLines } from "../../ops/terminal/escape.ts";
import { NotAnEvent } from "../stripe-envelope.ts";
import type { Outcome } from "../print/outcome.ts";
import { signatureProblem } from "./webhook-signature.ts";

/** What the server answers with. */
export interface HttpArgs {
  /** Handles a posted event, and returns its outcome; throws `NotAnEvent` for anything else. */
  take(value: unknown): Promise<Outcome>;
  /** The secret that webhooks are signed with; without it signatures are not checked. */
  webhookSecret: string | undefined;
  /** Answers AWS's calls. */
  aws: AwsApi;
  /** What the program exports. */
  outputs: object;
}

// An event of EventBridge's largest size, and its envelope.
const largestBody = 1024 * 1024 + 64 * 1024;

// A message of the largest size as a text in JSON, where quotation marks have two bytes.
const largestCall = 2 * largestBody;

/** A request is refused with this HTTP status. */
class RequestError extends Error {
  override readonly name = "RequestError";
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/**
 * Listens on 127.0.0.1 for events: `POST /events`, and `POST /webhook` as Stripe's CLI sends them; and for what an operator's
 * commands call. A request that comes before there are arguments waits for them.
 */
export const listen = async (port: number, args: HttpArgs | Promise<HttpArgs>): Promise<Server> => {
  const server = createServer(async (request, response) => {
    try {
      await route(request, response, await args);
    } catch (error) {
      if (error instanceof RequestError) answer(response, error.status, { error: error.message });
      else if (error instanceof NotAnEvent) answer(response, 400, { error: error.message });
      // A client that has gone away gets no answer.
      else if (!request.socket.destroyed) {
        console.error(escapeLines(inspect(error)));
        answer(response, 500, { error: `${error}` });
      }
    }
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening").catch((error: unknown) => {
    if (Object(error).code !== "EADDRINUSE") throw error;
    const what = `Port ${port} is in use, perhaps by another npm start: end that, or say --port <number>`;
    throw new UserError(what, { cause: error });
  });
  return server;
};

/** The address that a server listens on. */
export const urlOf = (server: Server): string => {
  const address = server.address();
  return `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
};

const route = async (request: IncomingMessage, response: ServerResponse, args: HttpArgs): Promise<void> => {
  const { url, headers } = request;
  const problem = foreignRequestProblem(headers);
  if (problem !== null) throw new RequestError(403, problem);
  const target = url === "/" ? headers["x-amz-target"] : undefined;
  if (target === undefined && url !== "/events" && url !== "/webhook" && url !== "/stack")
    throw new RequestError(404, `No ${request.method} ${url}. There are ${known}`);
  assertMethod(request, url === "/stack" ? "GET" : "POST");
  if (url === "/stack") return answer(response, 200, args.outputs);
  assertJson(request);
  if (target !== undefined) {
    const { status, headers: own, body } = await args.aws(`${target}`, readBody(await textOf(request, largestCall)));
    return answer(response, status, body, own);
  }
  const outcome = await args.take(await eventOf(request, args));
  answer(response, url === "/webhook" ? 200 : 202, outcome);
};

const known = "POST /events, POST /webhook, GET /stack, and AWS's calls at POST /";

const assertMethod = ({ method, url }: IncomingMessage, wanted: string): void => {
  if (method !== wanted) throw new RequestError(405, `${url} takes ${wanted}, not ${method}`);
};

// A page in a browser must ask first before it sends this type, and is not allowed to.
const assertJson = ({ url, headers }: IncomingMessage): void => {
  const type = headers["content-type"];
  if (/^application\/(json|x-amz-json-1\.[01])\s*(;|$)/i.test(type ?? "")) return;
  throw new RequestError(415, `${url} takes the content type application/json, not ${type ?? "none"}`);
};

const eventOf = async (request: IncomingMessage, { webhookSecret }: HttpArgs): Promise<unknown> => {
  const body = await textOf(request, largestBody);
  if (request.url === "/webhook" && webhookSecret !== undefined) {
    const problem = signatureProblem(`${request.headers["stripe-signature"] ?? ""}`, body, webhookSecret, Date.now());
    if (problem !== null) throw new RequestError(400, problem);
  }
  return readBody(body);
};

const readBody = (text: string): unknown => {
  const body = parseJson(text);
  if (body === undefined) throw new RequestError(400, "The body is not valid JSON");
  return body;
};

const textOf = async (request: IncomingMessage, largest: number): Promise<string> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > largest) throw new RequestError(413, `The body is larger than ${largest} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
};

const answer = (response: ServerResponse, status: number, body: object, headers: Record<string, string> = {}): void => {
  const closing = status === 413 ? { connection: "close" } : {};
  response.writeHead(status, { "content-type": "application/json", ...closing, ...headers });
  response.end(`${JSON.stringify(body)}\n`);
};
