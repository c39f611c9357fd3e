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

const [self, none] = [["'self'"], ["'none'"]];
const allowed = { scriptSrc: self, styleSrc: self, imgSrc: self, connectSrc: self, formAction: self };
const policy = { ...allowed, defaultSrc: none, baseUri: none, frameAncestors: none };

/** Makes the pages of the console over a stack; the server must refuse requests of other sites' pages before. */
export const makeConsole = (args: ConsoleArgs): Hono => {
  const app = new Hono();
  const send: SendPage = async (c, title, content, status = 200) =>
    c.html(
      await page({ stack: args.target.name, aheadMinutes: aheadOf(args), address: c.req.path, title, content }),
      status,
    );
  app.use(
    secureHeaders({
      contentSecurityPolicy: policy,
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

const assets = { "console.css": "text/css", "console.js": "text/javascript", "icon.svg": "image/svg+xml" };

const serveAssets = (app: Hono): void => {
  for (const [name, type] of Object.entries(assets)) {
    const content = readFileSync(join(import.meta.dirname, "assets", name));
    const headers = { "content-type": `${type}; charset=utf-8`, "cache-control": "no-cache" };
    app.get(`/assets/${name}`, (c) => c.body(content, 200, headers));
  }
};

const aheadOf = ({ now }: ConsoleArgs): number => Math.round((now() - Date.now()) / 60_000);
