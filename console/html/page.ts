import type { Context } from "hono";
import { html } from "hono/html";
import { type Markup, shown } from "./text.ts";

/** A page of the console. */
export interface PageArgs {
  title: string;
  /** The address of the place in the menu that it belongs to. */
  place: string;
  /** The name of the stack, or the URL of the runner. */
  stack: string;
  content: Markup | Markup[];
}

/** Answers with a page of the stack that is shown. */
export type SendPage = (c: Context, content: Omit<PageArgs, "stack">) => Promise<Response>;

const places = [
  ["/", "Events"],
  ["/customers", "Customers"],
  ["/system", "System"],
  ["/dead-letters", "Dead letters"],
  ["/try", "Try it"],
] as const;

/** A whole page: its head, the menu, the search box and the content. */
export const page = ({ title, place, stack, content }: PageArgs): Markup =>
  html`<!doctype html>
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
          <nav aria-label="Pages">
            ${places.map(
              ([address, name]) =>
                html`<a href="${address}" ${address === place ? html`aria-current="page"` : ""}>${name}</a>`,
            )}
          </nav>
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
        </header>
        <main id="content" tabindex="-1">
          <h1>${shown(title)}</h1>
          ${content}
        </main>
      </body>
    </html>`;
