import { EventEmitter } from "node:events";
import { createServer, type IncomingMessage, ServerResponse } from "node:http";
import { enableCompileCache } from "node:module";
import { makeDynamoDBMeter } from "./dynamodb-meter.ts";
import { type FaultPlan, makeStrike, noFaults } from "./faults.ts";
import { allows, type Request, type Statement } from "./iam.ts";
import { notAuthorized } from "./not-authorized.ts";

/** What the process of DynamoDB is told at its start. */
export interface DynamoDBArgs {
  /** Where the tables are kept; in memory without it. */
  path?: string;
  /** The beginning of a table's ARN. */
  tableArn: string;
  /** Whose calls are let through, by access key: who it is, and the statements of their role. */
  callers: Record<string, { who: string; statements: readonly Statement[] }>;
  /** What is to go wrong here. */
  faults?: FaultPlan | undefined;
}

enableCompileCache();
const { default: dynalite } = await import("dynalite");

const start = ({ path, tableArn, callers, faults }: DynamoDBArgs): void => {
  let strike = faults ? makeStrike(faults) : noFaults;
  const calls: Record<string, number> = {};
  const allowed: Record<string, boolean> = {};
  const meter = makeDynamoDBMeter();
  const tables = dynalite({ createTableMs: 0, deleteTableMs: 0, ...(path !== undefined && { path }) });
  const [answer] = tables.listeners("request");

  const server = createServer(async (request, response) => {
    const body = await bodyOf(request);
    const refusal = refusalOf(request, body);
    if (refusal !== null) {
      refuse(response, refusal);
      return;
    }
    const fault = strikeAt(request, body);
    if (!isRunners(request)) meter.follow(`${request.headers["x-amz-target"]}`, body, response, fault);
    if (fault === "throttles" || fault === "errors") {
      failBy(fault, response);
      return;
    }
    // The body is read; what dynalite gets is the same request, telling that body again.
    const { method, url, headers } = request;
    const again = Object.assign(new EventEmitter(), { method, url, headers });
    const told = fault === "errors-after-write" ? failing(response) : response;
    answer?.call(tables, again, told);
    again.emit("data", body);
    again.emit("end");
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
    if (message === "measured") tell({ measured: meter.take() });
    if (message === "stop faults") strike = noFaults;
  });

  server.listen(0, "127.0.0.1", () => {
    const address = server.address();
    tell({ port: typeof address === "object" ? address?.port : null });
  });
};

const bodyOf = (request: IncomingMessage): Promise<Buffer> =>
  new Promise((done) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => done(Buffer.concat(chunks)));
  });

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
