import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { createAdaptorServer, type HttpBindings } from "@hono/node-server";
import type { Hono, MiddlewareHandler } from "hono";
import { HTTPException } from "hono/http-exception";
import { foreignRequestProblem } from "../../emulator/protocol/foreign-request.ts";
import { UserError } from "../../ops/command/errors.ts";

/** What hono's handlers get of Node's server. */
export interface NodeEnv {
  Bindings: HttpBindings;
}

/** Listens on 127.0.0.1, at a free port for 0; throws a `UserError` where the port is in use. */
export const listenOnLoopback = async (app: Hono<NodeEnv>, port: number): Promise<Server> => {
  const server = createAdaptorServer({
    fetch: app.fetch,
    createServer,
    // It would change `Request` and `Response` for the whole process.
    overrideGlobalObjects: false,
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening").catch((error: unknown) => {
    if (Object(error).code !== "EADDRINUSE") throw error;
    const what = `Port ${port} is in use, perhaps by another npm start: end that, or say --port <number>`;
    throw new UserError(what, { cause: error });
  });
  // It is what `createServer` makes.
  return server as Server;
};

/** The address that a server listens on. */
export const urlOf = (server: Server): string => {
  const address = server.address();
  return `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
};

/** Refuses requests that may come from another site's page. */
export const refuseForeign: MiddlewareHandler<NodeEnv> = async (c, next) => {
  const message = foreignRequestProblem(c.env.incoming.headers);
  if (message !== null) throw new HTTPException(403, { message });
  await next();
};
