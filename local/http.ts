import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { once } from "node:events";
import { NotAnEvent } from "./event.ts";
import type { Outcome } from "./outcome.ts";
import { signatureProblem } from "./webhook-signature.ts";

/** How the runner listens. */
export interface HttpArgs {
  port: number;
  /** Takes in what was posted, and says what became of it; throws `NotAnEvent` for what is none. */
  take(value: unknown): Promise<Outcome>;
  /** The secret that webhooks are signed with; without it no signature is checked. */
  webhookSecret: string | undefined;
}

// An event of EventBridge's greatest size and its envelope.
const largestBody = 1024 * 1024 + 64 * 1024;

/** A request is not answered with an outcome. */
class Refusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Listens on 127.0.0.1 for events: `POST /events`, and `POST /webhook` as Stripe's CLI sends them. */
export const listen = async (args: HttpArgs): Promise<Server> => {
  const server = createServer(async (request, response) => {
    try {
      const outcome = await args.take(await readBody(request, args));
      answer(response, request.url === "/webhook" ? 200 : 202, outcome);
    } catch (error) {
      if (error instanceof Refusal) answer(response, error.status, { error: error.message });
      else if (error instanceof NotAnEvent) answer(response, 400, { error: error.message });
      // Whoever goes away in the middle is owed no answer.
      else if (!request.socket.destroyed) {
        console.error(error);
        answer(response, 500, { error: `${error}` });
      }
    }
  });
  server.listen(args.port, "127.0.0.1");
  await once(server, "listening");
  return server;
};

const readBody = async (request: IncomingMessage, { webhookSecret }: HttpArgs): Promise<unknown> => {
  const { method, url, headers } = request;
  if (url !== "/events" && url !== "/webhook")
    throw new Refusal(404, `There is ${url} not; there are /events and /webhook`);
  if (method !== "POST") throw new Refusal(405, `${url} takes POST, not ${method}`);
  // A page in a browser can send requests here, but only under another host's name or without leave to read the answer.
  if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(headers.host ?? ""))
    throw new Refusal(403, `The host ${headers.host} is not this one`);
  const body = await textOf(request);
  if (url === "/webhook" && webhookSecret !== undefined) {
    const problem = signatureProblem(`${headers["stripe-signature"] ?? ""}`, body, webhookSecret, Date.now());
    if (problem !== null) throw new Refusal(400, problem);
  }
  try {
    return JSON.parse(body);
  } catch (error) {
    throw new Refusal(400, `The body is no JSON: ${error instanceof Error ? error.message : error}`);
  }
};

const textOf = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > largestBody) throw new Refusal(413, `The body is larger than ${largestBody} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
};

const answer = (response: ServerResponse, status: number, body: object): void => {
  response.writeHead(status, { "content-type": "application/json", ...(status === 413 && { connection: "close" }) });
  response.end(`${JSON.stringify(body)}\n`);
};
