import { Agent, type IncomingMessage, request as send } from "node:http";
import { emulatorKey } from "../protocol/access-keys.ts";

/** The answer to a forwarded request. */
export interface Forwarded {
  status: number;
  headers: IncomingMessage["headers"];
  body: Buffer;
}

/** Reads the body of a request or of an answer. */
export const bodyOf = (message: IncomingMessage): Promise<Buffer> =>
  new Promise((done, fail) => {
    const chunks: Buffer[] = [];
    message.on("data", (chunk: Buffer) => chunks.push(chunk));
    message.on("end", () => done(Buffer.concat(chunks)));
    message.on("error", fail);
  });

/**
 * Forwards requests to the DynamoDB at an endpoint, all under one access key, as DynamoDB Local keeps the tables of each key apart.
 * That invalidates their signatures, so it must be a DynamoDB that checks none.
 */
export const forwardTo = (endpoint: string) => {
  const url = new URL(endpoint);
  const agent = new Agent({ keepAlive: true });
  return ({ method, headers }: IncomingMessage, body: Buffer): Promise<Forwarded> =>
    new Promise((done, fail) => {
      const authorization = headers.authorization?.replace(/Credential=[^/]+/, `Credential=${emulatorKey}`);
      const own = { host: url.host, "content-length": body.length, ...(authorization && { authorization }) };
      const outgoing = send(url, { agent, method, headers: { ...headers, ...own } }, async (answer) => {
        const { statusCode: status = 502, headers: answered } = answer;
        bodyOf(answer).then((text) => done({ status, headers: answered, body: text }), fail);
      });
      outgoing.on("error", fail);
      outgoing.end(body);
    });
};
