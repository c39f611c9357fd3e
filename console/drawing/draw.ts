import { Graph, layout } from "@dagrejs/dagre";
import { html } from "hono/html";
import { type Content, type Markup, shown, type Tone } from "../html/text.ts";

/** A box of a drawing. */
export interface DrawnNode {
  id: string;
  /** What it is, such as `rule`. */
  kind: string;
  label: string;
  /** A third line: what became of it, or a count. */
  note?: string | undefined;
  /** Its colour; a box without one is shown as not reached. */
  tone?: Tone | undefined;
  /** Where a click on it leads. */
  href?: string | undefined;
}

/** An arrow of a drawing. */
export interface DrawnEdge {
  from: string;
  to: string;
  label?: string | undefined;
  /** Whether it was taken. */
  isTaken?: boolean | undefined;
}

/** What is drawn, and in which direction. */
export interface DrawingArgs {
  /** What it shows, for those who cannot see it. */
  title: string;
  nodes: DrawnNode[];
  edges: DrawnEdge[];
  direction?: "TB" | "LR";
}

const [charWidth, padding, lineHeight] = [8.2, 12, 17];

const arrowHead = html`<defs>
  <marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
    <path d="M0 0 8 4 0 8z" />
  </marker>
</defs>`;

/** Draws boxes and arrows as SVG, laid out by dagre. */
export const draw = ({ title, nodes, edges, direction = "TB" }: DrawingArgs): Markup => {
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ rankdir: direction, nodesep: 18, ranksep: 34, marginx: 6, marginy: 6 });
  for (const node of nodes) graph.setNode(node.id, sizeOf(node));
  for (const [index, { from, to, label = "" }] of edges.entries()) {
    const size = { width: label.length * charWidth, height: label ? lineHeight : 0 };
    graph.setEdge(from, to, { ...size, labelpos: "c" }, `${index}`);
  }
  layout(graph);
  const { width = 0, height = 0 } = graph.graph();
  const lines = edges.map((edge, index) => drawEdge(edge, graph.edge(edge.from, edge.to, `${index}`)));
  const boxes = nodes.map((node) => drawNode(node, graph.node(node.id)));
  return frame({ title, kind: "graph", width, height }, [arrowHead, lines, boxes]);
};

const linesOf = ({ kind, label, note }: DrawnNode): string[] => [kind, label, ...(note ? [note] : [])];

const sizeOf = (node: DrawnNode) => {
  const lines = linesOf(node);
  const width = Math.max(...lines.map(({ length }) => length)) * charWidth + 2 * padding;
  return { width, height: lines.length * lineHeight + padding };
};

interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

const classes = ["kind", "label", "note"];

const drawNode = (node: DrawnNode, { x, y, width, height }: Box): Markup => {
  const [left, top] = [round(x - width / 2), round(y - height / 2)];
  const firstLine = top + padding / 2 + 0.75 * lineHeight;
  const box = html`<g class="node ${node.tone ?? "idle"}">
    <rect x="${left}" y="${top}" width="${round(width)}" height="${round(height)}" rx="6" />
    ${linesOf(node).map((line, index) => textAt(x, firstLine + index * lineHeight, line, classes[index]))}
  </g>`;
  return node.href === undefined ? box : html`<a href="${node.href}">${box}</a>`;
};

interface Line extends Partial<Box> {
  points: { x: number; y: number }[];
}

const drawEdge = ({ label, isTaken }: DrawnEdge, { points, x = 0, y = 0 }: Line): Markup => {
  const path = points.map((point) => `${round(point.x)} ${round(point.y)}`).join("L");
  return html`<g class="edge ${isTaken ? "taken" : ""}">
    <path d="M${path}" marker-end="url(#arrow)" />
    ${label && textAt(x, y + 4, label)}
  </g>`;
};

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
