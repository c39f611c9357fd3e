import { EventEmitter } from "node:events";
import { createServer, type IncomingMessage, ServerResponse } from "node:http";
import { enableCompileCache } from "node:module";
import { type FaultPlan, makeStrike, noFaults } from "../faults/faults.ts";
import { bodyOf, forwardTo } from "./forward.ts";
import { allows, type Request, type Statement } from "../iam/policy.ts";
import { notAuthorized } from "../iam/access-denied.ts";

/** What the process of DynamoDB is told at its start. */
export interface DynamoDBArgs {
  /** Where the tables are kept; in memory without it. */
  path?: string;
  /** A DynamoDB that answers instead of this process. */
  endpoint?: string | undefined;
  /** The beginning of a table's ARN. */
  tableArn: string;
  /** Whose calls are let through, by access key: who it is, and the statements of their role. */
  callers: Record<string, { who: string; statements: readonly Statement[] }>;
  /** What is to go wrong here. */
  faults?: FaultPlan | undefined;
}

enableCompileCache();
const { default: dynalite } = await import("dynalite");

const start = ({ path, endpoint, tableArn, callers, faults }: DynamoDBArgs): void => {
  const struck = new Set<number>();
  let strike = faults ? makeStrike(faults, struck) : noFaults;
  const calls: Record<string, number> = {};
  const allowed: Record<string, boolean> = {};
  const answer = endpoint === undefined ? answerHere(path) : answerFrom(endpoint);

  const server = createServer(async (request, response) => {
    const body = await bodyOf(request);
    const refusal = refusalOf(request, body);
    if (refusal !== null) {
      refuse(response, refusal);
      return;
    }
    const fault = strikeAt(request, body);
    if (fault === "throttles" || fault === "errors") {
      failBy(fault, response);
      return;
    }
    await answer(request, body, fault === "errors-after-write" ? failing(response) : response);
  });

  // What the runner does itself is no part of the run.
  const isRunners = ({ headers }: IncomingMessage): boolean => callers[keyOf(headers)]?.who === "runner";

  const strikeAt = (request: IncomingMessage, body: Buffer): string | null =>
    isRunners(request)
      ? null
      : strike("dynamodb", `${keyOf(request.headers)} ${request.headers["x-amz-target"]} ${body}`);

  const refusalOf = ({ headers }: IncomingMessage, body: Buffer): string | null => {
    const key = keyOf(headers);
    const caller = callers[key];
    const wanted = requestOf(`${headers["x-amz-target"]}`, body, tableArn);
    const call = `${key} ${wanted.action} ${wanted.resource}`;
    calls[call] = (calls[call] ?? 0) + 1;
    // The same call is always allowed or never.
    allowed[call] ??= caller !== undefined && allows(caller.statements, wanted);
    return allowed[call] ? null : notAuthorized(caller?.who ?? key, wanted, "identity");
  };

  process.on("message", (message) => {
    if (message === "calls") tell({ calls });
    if (message === "struck") tell({ struck: [...struck] });
    if (message === "cpu") tell({ cpu: process.cpuUsage() });
    if (message === "stop faults") strike = noFaults;
  });

  server.listen(0, "127.0.0.1", () => {
    const address = server.address();
    tell({ port: typeof address === "object" ? address?.port : null });
  });
};

type Answer = (request: IncomingMessage, body: Buffer, response: ServerResponse) => unknown;

const answerHere = (path?: string): Answer => {
  const tables = dynalite({ createTableMs: 0, deleteTableMs: 0, ...(path !== undefined && { path }) });
  const [answer] = tables.listeners("request");
  return ({ method, url, headers }, body, response) => {
    // The body is read; what dynalite gets is the same request, telling that body again.
    const again = Object.assign(new EventEmitter(), { method, url, headers });
    answer?.call(tables, again, response);
    again.emit("data", body);
    again.emit("end");
  };
};

const answerFrom = (endpoint: string): Answer => {
  const forward = forwardTo(endpoint);
  return async (request, body, response) => {
    try {
      const answer = await forward(request, body);
      response.writeHead(answer.status, answer.headers);
      response.end(answer.body);
    } catch (error) {
      const reason = error instanceof Error ? error.message : error;
      const message = `The DynamoDB at ${endpoint} did not answer: ${reason}`;
      fail(response, 503, "com.amazonaws.dynamodb.v20120810#ServiceUnavailable", message);
    }
  };
};

const failBy = (fault: "throttles" | "errors", response: ServerResponse): void => {
  const isThrottled = fault === "throttles";
  const name = isThrottled ? "ProvisionedThroughputExceededException" : "InternalServerError";
  fail(response, isThrottled ? 400 : 500, `com.amazonaws.dynamodb.v20120810#${name}`);
};

// If there is nobody left to tell, there is nothing to do either.
const tell = (message: object) => process.send?.(message, undefined, undefined, () => {});

const requestOf = (target: string, body: Buffer, tableArn: string): Request => {
  const { TableName: table = "*", IndexName: index }: Record<string, string> = JSON.parse(`${body}` || "{}");
  return {
    action: `dynamodb:${target.split(".").at(-1)}`,
    resource: `${tableArn}/${table}${index === undefined ? "" : `/index/${index}`}`,
  };
};

const keyOf = (headers: IncomingMessage["headers"]): string =>
  /Credential=([^/]+)/.exec(headers.authorization ?? "")?.[1] ?? "";

const refuse = (response: ServerResponse, message: string): void =>
  fail(response, 400, "com.amazon.coral.service#AccessDeniedException", message);

const fail = (response: ServerResponse, status: number, type: string, message = "Injected"): void => {
  response.writeHead(status, { "content-type": "application/x-amz-json-1.0" });
  response.end(JSON.stringify({ __type: type, Message: message, message }));
};

// Takes the answer, and gives another in its place: the work is done, and whoever asked for it cannot know.
const failing = (response: ServerResponse): ServerResponse =>
  Object.assign(new ServerResponse(response.req), {
    end: () => failBy("errors", response),
  });

process.once("message", start);
// Without the runner there is nobody to answer.
process.once("disconnect", () => process.exit());
