import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { foreignRequestProblem } from "../../emulator/protocol/foreign-request.ts";
import { urlOf } from "../../console/http/listen.ts";
import { answerCall } from "./calls.ts";
import { errorOfStatus, StripeError } from "./stripe-error.ts";
import type { StripeObjects } from "./stripe-objects.ts";

/** Some calls fail: from this one on, counted from 1, so many times with this HTTP status. */
export interface StripeFault {
  call: number;
  status: number;
  times?: number | undefined;
}

/** What a local Stripe answers from. */
export interface StripeServerArgs {
  objects: StripeObjects;
  /** The one API key that is taken. */
  key: string;
  /** The emulator's time, in milliseconds since 1970. */
  now: () => number;
  faults?: readonly StripeFault[] | undefined;
}

/** Stripe's API on this machine. */
export interface StripeServer {
  url: string;
  /** How often each call was made so far, by its method, path and status. */
  calls(): Record<string, number>;
  stop(): void;
}

/** Listens on 127.0.0.1 for the calls that `api.stripe.com` answers the Lambdas. */
export const startStripeServer = async (args: StripeServerArgs): Promise<StripeServer> => {
  const calls: Record<string, number> = {};
  let count = 0;
  const server = createServer((request, response) => {
    count += 1;
    const [status, body] = answerTo(request, count, args);
    const route = `${request.method} ${routeOf(request)} ${status}`;
    calls[route] = (calls[route] ?? 0) + 1;
    send(response, status, body, { ...headersOf(request, count, args), ...retryHeaders(status) });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  // It answers what the emulator asks, and alone keeps no process.
  server.unref();
  return {
    url: urlOf(server),
    calls: () => ({ ...calls }),
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
};

const answerTo = (request: IncomingMessage, count: number, args: StripeServerArgs): [number, object] => {
  try {
    assertAllowed(request, args.key);
    const fault = args.faults?.find(({ call, times = 1 }) => count >= call && count < call + times);
    if (fault) throw errorOfStatus(fault.status);
    return [200, answerCall(args.objects, `${request.method}`, urlIn(request), stripeSeconds(args))];
  } catch (error) {
    if (!(error instanceof StripeError)) throw error;
    return [error.status, { error: { ...error.fields, message: error.message } }];
  }
};

const assertAllowed = ({ headers }: IncomingMessage, key: string): void => {
  const problem = foreignRequestProblem(headers);
  if (problem !== null) throw new StripeError(403, problem);
  const { authorization } = headers;
  if (authorization === `Bearer ${key}`) return;
  if (authorization !== undefined) throw errorOfStatus(401);
  throw new StripeError(401, "You did not provide an API key, in the Authorization header, using Bearer auth.");
};

// What an object shows has happened before the answer's date, whatever the emulator's clock says.
const settledSeconds = 10;

const stripeSeconds = ({ now, objects }: StripeServerArgs): number =>
  Math.max(Math.floor(now() / 1000), objects.newestEventAt + settledSeconds);

const headersOf = ({ headers }: IncomingMessage, count: number, args: StripeServerArgs): Record<string, string> => ({
  date: new Date(1000 * stripeSeconds(args)).toUTCString(),
  "request-id": `req_local_${count}`,
  "stripe-version": `${headers["stripe-version"] ?? "2026-10-28.endive"}`,
});

const retryHeaders = (status: number): Record<string, string> => {
  if (status === 429) return { "stripe-rate-limited-reason": "global-rate" };
  return status >= 500 ? { "stripe-should-retry": "true" } : {};
};

// What is no path, such as `*`, is the path `/`, which nothing answers.
const urlIn = ({ url }: IncomingMessage): URL => URL.parse(`http://127.0.0.1${url}`) ?? new URL("http://127.0.0.1");

const routeOf = (request: IncomingMessage): string => urlIn(request).pathname.replace(/^(\/v1\/\w+)\/.*$/, "$1/{id}");

const send = (response: ServerResponse, status: number, body: object, headers: Record<string, string>): void => {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify(body, null, 2));
};
