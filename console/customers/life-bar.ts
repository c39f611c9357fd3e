import { html } from "hono/html";
import { frame, round, textAt } from "../drawing/draw.ts";
import { type Markup, shown, type Tone } from "../html/text.ts";
import type { Band } from "./bands.ts";

/** A mark on a bar: a payment, or what became of one. */
export interface Mark {
  sign: string;
  /** What it is, for those who cannot see it or do not know the sign. */
  title: string;
  tone: Tone;
  time: number;
}

/** What is drawn of a subscription. */
export interface LifeBarArgs {
  title: string;
  bands: Band[];
  marks: Mark[];
  begin: number;
  end: number;
}

const [width, height, margin, charWidth] = [960, 108, 8, 7.4];
const rows = { status: { y: 4, height: 30 }, plan: { y: 38, height: 22 } };

/** Draws the life of a subscription from left to right; the table beside it says the same in words. */
export const lifeBar = ({ title, bands, marks, begin, end }: LifeBarArgs): Markup => {
  const scale = (width - 2 * margin) / Math.max(1, end - begin);
  const x = (time: number) => round(margin + (time - begin) * scale);
  return frame({ title, kind: "life", width, height }, [
    bands.map((band) => drawBand(band, x(band.from), Math.max(2, x(band.to) - x(band.from)))),
    marks.map(
      ({ sign, title: what, tone, time }) =>
        html`<text class="mark ${tone}" x="${x(time)}" y="80">${sign}<title>${shown(what)}</title></text>`,
    ),
    textAt(margin, 102, day(begin), "from"),
    textAt(width - margin, 102, `${day(end)} UTC`, "until"),
  ]);
};

const drawBand = ({ row, word, isKnown, tone }: Band, x: number, length: number): Markup => {
  const { y, height: high } = rows[row];
  const fits = word.length * charWidth < length;
  return html`<g class="node ${isKnown ? tone : "idle"}">
    <title>${shown(word)}</title>
    <rect x="${x}" y="${y}" width="${round(length)}" height="${high}" rx="3" />
    ${fits && textAt(x + length / 2, y + high / 2 + 5, word)}
  </g>`;
};

const day = (time: number): string => {
  const date = new Date(1000 * time);
  // Beyond what a date can be.
  return Number.isNaN(date.getTime()) ? `${time}` : date.toISOString().slice(0, 10);
};
