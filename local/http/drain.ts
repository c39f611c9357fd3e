import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { setTimeout as delay } from "node:timers/promises";

// In that time the event loop reads what clients have sent already.
const quietMilliseconds = 100;

/** Follows the requests of a server; the returned function answers all that have come, and then closes the server. */
export const trackRequests = (server: Server): (() => Promise<void>) => {
  const open = new Set<IncomingMessage>();
  let arrived = 0;
  server.on("connection", () => (arrived += 1));
  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    arrived += 1;
    open.add(request);
    request.once("end", () => (arrived += 1));
    response.once("close", () => open.delete(request));
  });
  // A client that never sends the rest of its body is not waited for.
  const isBusy = () => [...open].some(({ complete }) => complete);
  return async () => {
    for (let before = -1; before !== arrived || isBusy();) {
      before = arrived;
      await delay(quietMilliseconds);
    }
    server.closeAllConnections();
    server.close();
  };
};
