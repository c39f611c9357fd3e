import type { IncomingHttpHeaders } from "node:http";

const ownHost = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/i;

/**
 * Says why a request may come from a page in a browser, which must not reach a server on loopback; null if it does not.
 *
 * A page can send requests here from its own site, which the browser says in `Origin` or `Sec-Fetch-Site`, or under a host name of
 * its own that it has made point here (DNS rebinding).
 */
export const foreignRequestProblem = ({ host, origin, ...headers }: IncomingHttpHeaders): string | null => {
  if (!ownHost.test(host ?? ""))
    return `The host ${host} is not this one: only requests to 127.0.0.1, localhost or [::1] are answered`;
  if (origin !== undefined && origin !== `http://${host}`) return `Pages of ${origin} may send no requests here`;
  const site = headers["sec-fetch-site"];
  // "none" is the user's own, such as a typed address.
  if (site !== undefined && site !== "same-origin" && site !== "none")
    return `Pages of other sites may send no requests here, and this one is ${site}`;
  return null;
};
