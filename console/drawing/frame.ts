import { html } from "hono/html";
import { type Content, type Markup, shown } from "../html/text.ts";

/** A drawing of this size as SVG, which scrolls where it is too wide; its title is for those who cannot see it. */
export const frame = (
  { title, kind, width, height }: { title: string; kind: string; width: number; height: number },
  content: Content,
): Markup => {
  const [w, h, name] = [round(width), round(height), shown(title)];
  return html`<div class="drawing" tabindex="0" role="region" aria-label="${name}">
    <svg class="${kind}" viewBox="0 0 ${w} ${h}" width="${w}" height="${h}" role="group" aria-label="${name}">
      ${content}
    </svg>
  </div>`;
};

/** A line of text in a drawing. */
export const textAt = (x: number, y: number, text: string, kind = ""): Markup =>
  html`<text class="${kind}" x="${round(x)}" y="${round(y)}">${shown(text)}</text>`;

/** A coordinate: a tenth of a pixel is enough. */
export const round = (value: number): number => Math.round(10 * value) / 10;
