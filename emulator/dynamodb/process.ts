import { createServer, type IncomingMessage, ServerResponse } from "node:http";
import { enableCompileCache } from "node:module";
import { type FaultPlan, makeFaults } from "../faults/faults.ts";
import { isObject } from "../graph/json.ts";
import { notAuthorized } from "../iam/access-denied.ts";
import { allows, type Request, type Statement } from "../iam/policy.ts";
import { accessKeyOf, emulatorKey } from "../protocol/access-keys.ts";
import { foreignRequestProblem } from "../protocol/foreign-request.ts";
import { answerBy, withFailedItem } from "./failed-condition.ts";
import { bodyOf, forwardTo } from "./forward.ts";

/** Who may call DynamoDB, by access key: the caller as AWS's messages name them, and the statements of their role. */
export type Callers = Record<string, { who: string; statements: readonly Statement[] }>;

/** What the process of DynamoDB is started with. */
export interface ProcessArgs {
  /** Where the tables are kept; in memory without it. */
  path?: string;
  /** A DynamoDB that answers instead of this process. */
  endpoint?: string | undefined;
  /** The beginning of a table's ARN. */
  tableArn: string;
  callers: Callers;
  faults?: FaultPlan | undefined;
}

enableCompileCache();
const { default: dynalite } = await import("dynalite");

const start = ({ path, endpoint, tableArn, callers, faults: plan }: ProcessArgs): void => {
  // dynalite throws what it cannot read or write, such as on a full disk; the parent says it.
  process.on("uncaughtException", (error) => {
    if (!process.send) process.exit(1);
    process.send({ failure: reasonOf(error, path) }, undefined, undefined, () => process.exit(1));
  });
  const faults = makeFaults(plan);
  const calls: Record<string, number> = {};
  const refusalOf = makeRefusals(callers, tableArn, calls);
  const answer = endpoint === undefined ? answerHere(path) : answerFrom(endpoint);

  const server = createServer(async (request, response) => {
    const body = await bodyOf(request);
    const problem = foreignRequestProblem(request.headers);
    if (problem !== null) {
      fail(response, 403, accessDenied, problem);
      return;
    }
    const refusal = refusalOf(request, body);
    if (refusal !== null) {
      refuse(response, refusal);
      return;
    }
    const fault = faultAt(request, body);
    if (fault === "throttles" || fault === "errors") {
      failBy(fault, response);
      return;
    }
    await answer(request, body, fault === "errors-after-write" ? failing(response) : response);
  });

  const faultAt = ({ headers }: IncomingMessage, body: Buffer): string | null => {
    const key = accessKeyOf(headers);
    // The emulator's own calls are no part of the run.
    return key === emulatorKey ? null : faults.inject("dynamodb", `${key} ${headers["x-amz-target"]} ${body}`);
  };

  process.on("message", (message) => {
    if (message === "calls") reply({ calls });
    if (message === "triggered") reply({ triggered: [...faults.triggered] });
    if (message === "cpu") reply({ cpu: process.cpuUsage() });
    if (isObject(message) && "faults" in message) {
      // The parent has read the plan.
      faults.replace(message["faults"] as FaultPlan | null);
      reply({ replaced: true });
    }
  });

  server.listen(0, "127.0.0.1", () => {
    const address = server.address();
    reply({ port: typeof address === "object" ? address?.port : null });
  });
};

// Why a caller may not make a call; null if they may. Each call is counted.
const makeRefusals = (callers: Callers, tableArn: string, calls: Record<string, number>) => {
  const allowed: Record<string, boolean> = {};
  return ({ headers }: IncomingMessage, body: Buffer): string | null => {
    const key = accessKeyOf(headers);
    const caller = callers[key];
    const refused = requestsOf(`${headers["x-amz-target"]}`, body, tableArn).find((wanted) => {
      const call = `${key} ${wanted.action} ${wanted.resource}`;
      calls[call] = (calls[call] ?? 0) + 1;
      // Policies do not change during a run.
      allowed[call] ??= caller !== undefined && allows(caller.statements, wanted);
      return !allowed[call];
    });
    return refused ? notAuthorized(caller?.who ?? key, refused, "identity") : null;
  };
};

type Answer = (request: IncomingMessage, body: Buffer, response: ServerResponse) => unknown;

const answerHere = (path?: string): Answer =>
  withFailedItem(answerBy(dynalite({ createTableMs: 0, deleteTableMs: 0, ...(path !== undefined && { path }) })));

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

const reasonOf = ({ message, cause }: Error, path?: string): string => {
  // dynalite keeps the reason to itself.
  if (/^Database is (closed|not open)$/.test(message))
    return `its database ${path} cannot be opened (move it away to start with empty tables)`;
  // LevelDB's own reason is in the cause.
  return cause instanceof Error ? `${message} ${cause.message}` : message;
};

// After the parent has gone there is no one to reply to.
const reply = (message: object) => process.send?.(message, undefined, undefined, () => {});

// `BatchGetItem` names tables of which each must be allowed.
const requestsOf = (target: string, body: Buffer, tableArn: string): Request[] => {
  const { TableName: table = "*", IndexName: index, RequestItems: tables } = Object(JSON.parse(`${body}` || "{}"));
  const names = tables ? Object.keys(tables) : [`${table}${index === undefined ? "" : `/index/${index}`}`];
  return names.map((name) => ({ action: `dynamodb:${target.split(".").at(-1)}`, resource: `${tableArn}/${name}` }));
};

const refuse = (response: ServerResponse, message: string): void => fail(response, 400, accessDenied, message);

const accessDenied = "com.amazon.coral.service#AccessDeniedException";

const fail = (response: ServerResponse, status: number, type: string, message = "Injected"): void => {
  response.writeHead(status, { "content-type": "application/x-amz-json-1.0" });
  response.end(JSON.stringify({ __type: type, Message: message, message }));
};

// Replaces the answer by an error: the write is done, and its caller cannot know.
const failing = (response: ServerResponse): ServerResponse =>
  Object.assign(new ServerResponse(response.req), {
    end: () => failBy("errors", response),
  });

process.once("message", start);
process.once("disconnect", () => process.exit());
