import type { Context } from "hono";
import { html } from "hono/html";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { type Content, type Markup, shown } from "./text.ts";

/** Answers with a page of the stack that is shown. */
export type SendPage = (
  c: Context,
  title: string,
  content: Content,
  status?: ContentfulStatusCode,
) => Promise<Response>;

const places = {
  "/": "Events",
  "/customers": "Customers",
  "/system": "System",
  "/dead-letters": "Dead letters",
  "/try": "Try it",
};

/** What a page is made of. */
export interface PageArgs {
  /** The name of the stack, or the URL of the runner. */
  stack: string;
  /** How far the clock of the stack is ahead of the viewer's. */
  aheadMinutes: number;
  address: string;
  title: string;
  content: Content;
}

/** A whole page: its head, the menu, the search box and the content. */
export const page = ({ stack, aheadMinutes, address, title, content }: PageArgs): Markup => {
  const place = address.replace(/^\/events\/.*/, "/").replace(/(?<=.)\/.*/, "");
  const menu = Object.entries(places).map(
    ([path, name]) => html`<a href="${path}" ${path === place && html`aria-current="page"`}>${name}</a>`,
  );
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${shown(title)} · ${shown(stack)}</title>
        <link rel="stylesheet" href="/assets/console.css" />
        <link rel="icon" href="/assets/icon.svg" />
        <script src="/assets/console.js" type="module"></script>
      </head>
      <body>
        <a class="skip" href="#content">Skip to the content</a>
        <header>
          <nav aria-label="Pages">${menu}</nav>
          <form action="/find" role="search">
            <label for="find">Find</label>
            <input
              id="find"
              name="id"
              type="search"
              placeholder="evt_… cus_… in_… or a user"
              required
              maxlength="200"
            />
            <button>Go</button>
          </form>
          <span class="stack" title="The stack that these pages show">${shown(stack)}</span>
          <span class="hint" data-zone>Times are in UTC</span>
          ${aheadMinutes > 1 && html`<span class="hint">The runner's clock is ${aheadMinutes} minutes ahead, as it skipped waits</span>`}
        </header>
        <main id="content" tabindex="-1">
          <h1>${shown(title)}</h1>
          ${content}
        </main>
      </body>
    </html>`;
};
