import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import { secureHeaders } from "hono/secure-headers";
import { html } from "hono/html";
import type { ConsoleArgs } from "./console-args.ts";
import { page, type SendPage } from "./html/page.ts";
import { problemNote } from "./html/parts.ts";
import { shown } from "./html/text.ts";
import { addCustomerPages } from "./pages/customers.ts";
import { addDeadLetterPages } from "./pages/dead-letters.ts";
import { addEventPages } from "./pages/event.ts";
import { addEventsPages } from "./pages/events.ts";
import { addSystemPages } from "./pages/system.ts";
import { addTryPages } from "./pages/try.ts";
import { problemOf } from "./runs.ts";

const self = ["'self'"];

/** Makes the pages of the console over a stack; whoever serves them refuses requests of other sites' pages before. */
export const makeConsole = (args: ConsoleArgs): Hono => {
  const app = new Hono();
  const send: SendPage = async (c, title, content, status = 200) =>
    c.html(await page(args.target.name, c.req.path, title, content), status);
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
      // Without a referrer a browser posts a form with the origin null, which is refused.
      referrerPolicy: "same-origin",
      strictTransportSecurity: false,
    }),
  );
  app.onError((error, c) => {
    const [message, status] =
      error instanceof HTTPException ? [error.message, error.status] : [problemOf(error), 500 as const];
    return send(c, "This page could not be made", problemNote(message), status);
  });
  serveAssets(app);
  addEventsPages(app, args, send);
  addEventPages(app, args, send);
  addSystemPages(app, args, send);
  addTryPages(app, args, send);
  addCustomerPages(app, args, send);
  addDeadLetterPages(app, args, send);
  app.get("*", (c) =>
    send(c, "No such page", html`<p>There is no page ${shown(c.req.path)}. <a href="/">All events</a></p>`, 404),
  );
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
