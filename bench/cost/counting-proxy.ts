import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { bodyOf, forwardTo } from "../../emulator/dynamodb/forward.ts";
import { urlOf } from "../../console/http/listen.ts";

/** A call of DynamoDB that passed. */
export interface SeenCall {
  /** Such as `UpdateItem`. */
  action: string;
  headers: Record<string, string>;
  body: string;
  /** Whether DynamoDB did it: a condition may not have held. */
  isDone: boolean;
  /** Read or write units, as DynamoDB counts them: without those of indexes that are written with the table. */
  units: number;
}

/** Stands before a DynamoDB and counts. */
export interface CountingProxy {
  url: string;
  /** All calls since this was asked last. */
  take(): SeenCall[];
  stop(): void;
}

/** Starts a proxy before the DynamoDB at that endpoint. */
export const startCountingProxy = async (endpoint: string): Promise<CountingProxy> => {
  const forward = forwardTo(endpoint);
  let seen: SeenCall[] = [];
  const server = createServer(async (request, response) => {
    const body = `${await bodyOf(request)}`;
    const counting = JSON.stringify({ ...JSON.parse(body), ReturnConsumedCapacity: "TOTAL" });
    const answer = await forward(request, Buffer.from(counting));
    const action = `${request.headers["x-amz-target"]}`.split(".").at(-1) ?? "";
    // A write whose condition does not hold takes its unit too, and does not say so. In AWS a read that finds nothing takes one,
    // or half: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
    const units = Math.max(0.5, JSON.parse(`${answer.body}`).ConsumedCapacity?.CapacityUnits ?? 1);
    seen.push({ action, headers: headersOf(request), body, isDone: answer.status === 200, units });
    response.writeHead(answer.status, answer.headers);
    response.end(answer.body);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: urlOf(server),
    take: () => {
      const taken = seen;
      seen = [];
      return taken;
    },
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
};

const headersOf = ({ headers }: IncomingMessage): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      name === "host" || typeof value !== "string" ? [] : [[name, value]],
    ),
  );
