import { readFileSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";
import { type Context, Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import { secureHeaders } from "hono/secure-headers";
import { html } from "hono/html";
import { messageForUser } from "../ops/command/errors.ts";
import { escapeLines } from "../ops/terminal/escape.ts";
import type { ConsoleArgs } from "./console-args.ts";
import { liveEvents } from "./events/live-events.ts";
import type { EventFilter } from "./events/listed-event.ts";
import { page, type SendPage } from "./html/page.ts";
import { shown } from "./html/text.ts";
import { addCustomerPages } from "./pages/customers.ts";
import { addEventPages } from "./pages/event.ts";
import { eventsPage } from "./pages/events.ts";
import { addSystemPages } from "./pages/system.ts";
import { addTryPages } from "./pages/try.ts";

const self = ["'self'"];

/** Makes the pages of the console over a stack; whoever serves them refuses requests of other sites' pages before. */
export const makeConsole = (args: ConsoleArgs): Hono => {
  const app = new Hono();
  const send: SendPage = async (c, content) => c.html(await page({ ...content, stack: args.target.name }));
  app.use(
    secureHeaders({
      contentSecurityPolicy: {
        defaultSrc: ["'none'"],
        scriptSrc: self,
        styleSrc: self,
        imgSrc: self,
        connectSrc: self,
        formAction: self,
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
      },
      xFrameOptions: "DENY",
      strictTransportSecurity: false,
    }),
  );
  app.onError(async (error, c) => {
    const isRefusal = error instanceof HTTPException;
    const message = isRefusal ? error.message : messageForUser(error);
    if (message === null) console.error(escapeLines(inspect(error)));
    c.status(isRefusal ? error.status : 500);
    const content = html`<p class="problem">${shown(message ?? error)}</p>`;
    return send(c, { title: "This page could not be made", place: "", content });
  });
  serveAssets(app);

  app.get("/", (c) => send(c, { title: "Events", place: "/", content: eventsPage(filterOf(c), startOf(c), args) }));
  app.get("/live", (c) => liveEvents(c, filterOf(c), args));
  addEventPages(app, args, send);
  addSystemPages(app, args, send);
  addTryPages(app, args, send);
  addCustomerPages(app, args, send);
  app.get("*", async (c) => {
    c.status(404);
    const content = html`<p>There is no page ${shown(c.req.path)}. <a href="/">All events</a></p>`;
    return send(c, { title: "No such page", place: "", content });
  });
  return app;
};

const assets = {
  "console.css": "text/css; charset=utf-8",
  "console.js": "text/javascript; charset=utf-8",
  "icon.svg": "image/svg+xml",
};

const serveAssets = (app: Hono): void => {
  for (const [name, type] of Object.entries(assets)) {
    const content = readFileSync(join(import.meta.dirname, "assets", name));
    app.get(`/assets/${name}`, (c) => c.body(content, 200, { "content-type": type, "cache-control": "no-cache" }));
  }
};

// An empty field filters nothing.
const filterOf = ({ req }: Context): EventFilter =>
  Object.fromEntries(
    ["type", "outcome", "customer", "id"].flatMap((name) => {
      const value = req.query(name)?.trim();
      return value ? [[name, value]] : [];
    }),
  );

const startOf = ({ req }: Context): number => {
  const from = Number(req.query("from"));
  return Number.isSafeInteger(from) && from > 0 ? from : 0;
};
