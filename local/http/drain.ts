import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { setTimeout as delay, setImmediate as polled } from "node:timers/promises";

// In that time the event loop reads what clients have sent already.
const quietMilliseconds = 250;

// So often at most, as clients may send on and on.
const maxWaits = 8;

// So many connections at most wait with the system until they are accepted: https://nodejs.org/api/net.html#serverlisten
const backlog = 511;

/** Follows the requests of a server; the returned function answers those that have come, takes no more, and closes the server. */
export const trackRequests = (server: Server): (() => Promise<void>) => {
  const open = new Map<IncomingMessage, ServerResponse>();
  let arrived = 0;
  let isClosing = false;
  server.on("connection", () => (arrived += 1));
  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    arrived += 1;
    open.set(request, response);
    if (isClosing) endConnection(response);
    request.once("end", () => (arrived += 1));
    response.once("close", () => open.delete(request));
  });
  // A client that never sends the rest of its body is not waited for.
  const isBusy = () => [...open.keys()].some(({ complete }) => complete);
  return async () => {
    isClosing = true;
    for (const response of open.values()) endConnection(response);
    for (let [waits, before] = [0, -1]; waits < maxWaits && before !== arrived; waits += 1) {
      before = arrived;
      await delay(quietMilliseconds);
    }
    // What is with the system still: a turn of the event loop accepts one connection, and may be long (https://github.com/libuv/libuv/pull/3696).
    for (let [turns, before] = [0, -1]; turns <= backlog && before !== arrived; turns += 1) {
      before = arrived;
      await polled();
      await polled();
    }
    server.close();
    while (isBusy()) await delay(quietMilliseconds);
    server.closeAllConnections();
  };
};

// Tells the client to send nothing more on this connection.
const endConnection = (response: ServerResponse): void => {
  if (!response.headersSent) response.setHeader("connection", "close");
};
