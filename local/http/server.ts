import type { Server } from "node:http";
import { inspect } from "node:util";
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { HTTPException } from "hono/http-exception";
import { listenOnLoopback, type NodeEnv, refuseForeign } from "../../console/http/listen.ts";
import type { AwsApi } from "../../emulator/aws-api.ts";
import { parseJson } from "../../emulator/graph/json.ts";
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

/**
 * Listens on 127.0.0.1 for events: `POST /events`, and `POST /webhook` as Stripe's CLI sends them; for what an operator's commands
 * call; and for the pages of the console. A request that comes before there are arguments, or pages, waits for them.
 */
export const listen = (port: number, args: HttpArgs | Promise<HttpArgs>, pages?: Promise<Hono>): Promise<Server> => {
  return listenOnLoopback(makeApp(args, pages), port);
};

const makeApp = (args: HttpArgs | Promise<HttpArgs>, pages: Promise<Hono> | undefined): Hono<NodeEnv> => {
  const app = new Hono<NodeEnv>();
  app.onError(answerError);
  app.notFound(({ req }) => answer(404, { error: `No ${req.method} ${req.path}. There are ${known}` }));
  app.use(refuseForeign);
  app.use("/", async (c, next) => {
    const target = c.req.header("x-amz-target");
    if (target === undefined) return next();
    if (c.req.method !== "POST") refuse(405, `AWS's calls are made by POST, not ${c.req.method}`);
    const { aws } = await args;
    const { status, headers, body } = await aws(target, readBody(await bodyOf(c, largestCall)));
    return answer(status, body, headers);
  });
  app.get("/stack", async () => answer(200, (await args).outputs));
  app.post("/events", async (c) => {
    const event = readBody(await bodyOf(c, largestBody));
    return answer(202, await (await args).take(event));
  });
  app.post("/webhook", async (c) => {
    const body = await bodyOf(c, largestBody);
    const { webhookSecret, ...rest } = await args;
    if (webhookSecret !== undefined) assertSigned(body, c.req.header("stripe-signature"), webhookSecret);
    return answer(200, await rest.take(readBody(body)));
  });
  app.all("/stack", ({ req }) => refuse(405, `/stack takes GET, not ${req.method}`));
  for (const path of ["/events", "/webhook"])
    app.all(path, ({ req }) => refuse(405, `${path} takes POST, not ${req.method}`));
  if (pages) app.all("*", async (c) => (await pages).fetch(c.req.raw, c.env));
  return app;
};

const known = "POST /events, POST /webhook, GET /stack, AWS's calls at POST /, and the console's pages from GET / on";

const refuse = (status: 400 | 405 | 413 | 415, message: string): never => {
  throw new HTTPException(status, { message });
};

// A page in a browser must ask first before it sends JSON, and is not allowed to.
const bodyOf = async (c: Context<NodeEnv>, maxSize: number): Promise<string> => {
  const type = c.req.header("content-type");
  if (!/^application\/(json|x-amz-json-1\.[01])\s*(;|$)/i.test(type ?? ""))
    refuse(415, `${c.req.path} takes the content type application/json, not ${type ?? "none"}`);
  const onError = () => refuse(413, `The body is larger than ${maxSize} bytes`);
  await bodyLimit({ maxSize, onError })(c, async () => {});
  return c.req.text();
};

const assertSigned = (body: string, signature: string | undefined, secret: string): void => {
  const problem = signatureProblem(signature ?? "", body, secret, Date.now());
  if (problem !== null) refuse(400, problem);
};

const readBody = (text: string): unknown => {
  const body = parseJson(text);
  return body === undefined ? refuse(400, "The body is not valid JSON") : body;
};

const answerError = (error: Error, c: Context<NodeEnv>): Response => {
  if (error instanceof HTTPException) return answer(error.status, { error: error.message });
  if (error instanceof NotAnEvent) return answer(400, { error: error.message });
  // A client that has gone away reads no answer.
  if (!c.env.incoming.socket.destroyed) console.error(escapeLines(inspect(error)));
  return answer(500, { error: `${error}` });
};

const answer = (status: number, body: object, headers: Record<string, string> = {}): Response => {
  const closing = status === 413 ? { connection: "close" } : {};
  const all = { "content-type": "application/json", ...closing, ...headers };
  return new Response(`${JSON.stringify(body)}\n`, { status, headers: all });
};
