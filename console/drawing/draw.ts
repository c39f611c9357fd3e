import { Graph, layout } from "@dagrejs/dagre";
import { html } from "hono/html";
import { type Markup, shown, type Tone } from "../html/text.ts";

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

/** Draws boxes and arrows as SVG, laid out by dagre. */
export const draw = ({ title, nodes, edges, direction = "TB" }: DrawingArgs): Markup => {
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ rankdir: direction, nodesep: 18, ranksep: 34, marginx: 6, marginy: 6 });
  for (const node of nodes) graph.setNode(node.id, sizeOf(node));
  for (const [index, { from, to, label = "" }] of edges.entries())
    graph.setEdge(
      from,
      to,
      { width: label.length * charWidth, height: label ? lineHeight : 0, labelpos: "c" },
      `${index}`,
    );
  layout(graph);
  const { width = 0, height = 0 } = graph.graph();
  return html`<div class="drawing" tabindex="0" role="region" aria-label="${title}">
    <svg
      viewBox="0 0 ${round(width)} ${round(height)}"
      width="${round(width)}"
      height="${round(height)}"
      role="group"
      aria-label="${title}"
    >
      <defs>
        <marker
          id="arrow"
          viewBox="0 0 8 8"
          refX="7"
          refY="4"
          markerWidth="7"
          markerHeight="7"
          orient="auto-start-reverse"
        >
          <path d="M0 0 8 4 0 8z" />
        </marker>
      </defs>
      ${edges.map((edge, index) => drawEdge(edge, graph.edge(edge.from, edge.to, `${index}`)))}
      ${nodes.map((node) => drawNode(node, graph.node(node.id)))}
    </svg>
  </div>`;
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

const drawNode = (node: DrawnNode, { x, y, width, height }: Box): Markup => {
  const left = x - width / 2;
  const top = y - height / 2;
  const classes = ["kind", "label", "note"];
  const box = html`<g class="node ${node.tone ?? "idle"}">
    <rect x="${round(left)}" y="${round(top)}" width="${round(width)}" height="${round(height)}" rx="6" />
    ${linesOf(node).map(
      (line, index) =>
        html`<text
          class="${classes[index]}"
          x="${round(x)}"
          y="${round(top + padding / 2 + (index + 0.75) * lineHeight)}"
          >${shown(line)}</text
        >`,
    )}
  </g>`;
  return node.href === undefined ? box : html`<a href="${node.href}">${box}</a>`;
};

interface Line extends Partial<Box> {
  points: { x: number; y: number }[];
}

const drawEdge = ({ label, isTaken }: DrawnEdge, { points, x = 0, y = 0 }: Line): Markup => {
  const path = points.map((point, index) => `${index === 0 ? "M" : "L"}${round(point.x)} ${round(point.y)}`).join("");
  return html`<g class="edge ${isTaken ? "taken" : ""}">
    <path d="${path}" marker-end="url(#arrow)" />
    ${label ? html`<text x="${round(x)}" y="${round(y + 4)}">${shown(label)}</text>` : ""}
  </g>`;
};

const round = (value: number): number => Math.round(10 * value) / 10;
