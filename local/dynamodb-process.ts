import { EventEmitter } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { enableCompileCache } from "node:module";
import { allows, type Request, type Statement } from "./iam.ts";
import { notAuthorized } from "./permissions.ts";

/** What the process of DynamoDB is told at its start. */
export interface DynamoDBArgs {
  /** Where the tables are kept; in memory without it. */
  path?: string;
  /** The beginning of a table's ARN. */
  tableArn: string;
  /** Whose calls are let through, by access key: a role's name and statements. */
  callers: Record<string, { role: string; statements: readonly Statement[] }>;
}

enableCompileCache();
const { default: dynalite } = await import("dynalite");

const start = ({ path, tableArn, callers }: DynamoDBArgs): void => {
  const calls: Record<string, number> = {};
  const tables = dynalite({ createTableMs: 0, deleteTableMs: 0, ...(path !== undefined && { path }) });
  const [answer] = tables.listeners("request");

  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const refusal = refusalOf(request, body);
    if (refusal !== null) {
      refuse(response, refusal);
      return;
    }
    // The body is read; what dynalite gets is the same request, telling that body again.
    const { method, url, headers } = request;
    const again = Object.assign(new EventEmitter(), { method, url, headers });
    answer?.call(tables, again, response);
    again.emit("data", body);
    again.emit("end");
  });

  const refusalOf = ({ headers }: IncomingMessage, body: Buffer): string | null => {
    const key = /Credential=([^/]+)/.exec(headers.authorization ?? "")?.[1] ?? "";
    const caller = callers[key];
    const wanted = requestOf(`${headers["x-amz-target"]}`, body, tableArn);
    const call = `${key} ${wanted.action} ${wanted.resource}`;
    calls[call] = (calls[call] ?? 0) + 1;
    if (caller && allows(caller.statements, wanted)) return null;
    return notAuthorized(caller?.role ?? key, wanted, "identity");
  };

  process.on("message", () => tell({ calls }));

  server.listen(0, "127.0.0.1", () => {
    const address = server.address();
    tell({ port: typeof address === "object" ? address?.port : null });
  });
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

const refuse = (response: ServerResponse, message: string): void => {
  const type = "com.amazon.coral.service#AccessDeniedException";
  response.writeHead(400, { "content-type": "application/x-amz-json-1.0" });
  response.end(JSON.stringify({ __type: type, Message: message }));
};

process.once("message", start);
// Without the runner there is nobody to answer.
process.once("disconnect", () => process.exit());
