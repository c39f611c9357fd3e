import type { DrawnEdge } from "../drawing/draw.ts";

/** Replaces the edges to what more than half of several boxes use by one from a box that stands for them: so many would hide all others. */
export const linkedOnce = (edges: readonly DrawnEdge[], users: ReadonlySet<string>, all: string): DrawnEdge[] => {
  const countOf = (id: string) => edges.filter(({ from, to }) => to === id && users.has(from)).length;
  const isShared = ({ from, to }: DrawnEdge) => users.has(from) && users.size > 1 && countOf(to) > users.size / 2;
  const shared = new Set(edges.filter(isShared).map(({ to }) => to));
  return [...edges.filter((edge) => !isShared(edge)), ...[...shared].map((to) => ({ from: all, to }))];
};
