import type { Book } from "./event-ledger.ts";

interface Edge {
  /** Empty for the first event of a life. */
  from: string;
  to: string;
}

/** Which states, by hash, were entered more often than left over a whole life, and which left more often than entered. */
export interface Unbalanced {
  entered: readonly string[];
  left: readonly string[];
}

/**
 * The state that the steps of the newest second lead to, by hash: the last of them, whose order nothing tells.
 *
 * Each rule narrows the states down, where it leaves any. In a part that follows on a missing event, if the steps fall apart;
 * entered more often than left within that second; the same over the whole life (which decides where the second ends as it
 * began); not the first event's; left by no step. What is still left is decided by no knowledge but a rule: the later period,
 * the larger hash.
 */
export const pick = ({ steps, states }: Pick<Book, "steps" | "states">, { entered, left }: Unbalanced): string => {
  const edges = edgesOf(steps);
  const moves = movesOf(edges);
  const later = partsOf(edges).filter((part) => !isFirst(part, left));
  const rules: ((hash: string) => boolean)[] = [
    (hash) => later.some((part) => part.some(({ to }) => to === hash)),
    (hash) => surplus(moves, hash) > 0,
    (hash) => entered.includes(hash),
    (hash) => edges.some(({ from, to }) => to === hash && from !== ""),
    (hash) => moves.every(({ from }) => from !== hash),
  ];
  const all = [...new Set(edges.map(({ to }) => to))];
  const possible = rules.reduce((remaining, rule) => {
    const narrowed = remaining.filter(rule);
    return narrowed.length > 0 ? narrowed : remaining;
  }, all);
  const periodEnd = (hash: string) => states[hash]?.current_period_end ?? 0;
  return possible.toSorted((a, b) => periodEnd(b) - periodEnd(a) || (a < b ? 1 : -1))[0] ?? "";
};

/**
 * Whether those steps can be walked in one order only, even if one before the last had been lost.
 *
 * Steps that visit each state once are such a walk; where one is visited twice, the walk could have gone on from there.
 */
export const isUnambiguous = (steps: readonly string[]): boolean => {
  const edges = edgesOf(steps);
  if (new Set(edges.map(({ to }) => to)).size === 1) return true;
  const moves = movesOf(edges);
  const next = new Map(moves.map(({ from, to }) => [from, to]));
  const entered = new Set(moves.map(({ to }) => to));
  const [start, ...others] = [...next.keys()].filter((hash) => !entered.has(hash));
  if (start === undefined || others.length > 0) return false;
  // No state is left or entered twice, so the walk comes to an end.
  if (next.size !== moves.length || entered.size !== moves.length) return false;
  let [end, walked] = [start, 0];
  for (let at = next.get(start); at !== undefined; at = next.get(at)) [end, walked] = [at, walked + 1];
  // A step that stays where it is, anywhere but at the end, could be one after a way back there that was lost.
  return walked === moves.length && edges.every(({ from, to }) => from !== to || to === end);
};

/** Whether the steps hang together, as they do unless one is missing. */
export const isWhole = (steps: readonly string[]): boolean => partsOf(edgesOf(steps)).length <= 1;

const edgesOf = (steps: readonly string[]): Edge[] =>
  steps.map((step) => {
    const [from = "", to = ""] = step.split(">");
    return { from, to };
  });

const movesOf = (edges: Edge[]): Edge[] => edges.filter(({ from, to }) => from !== to);

const surplus = (moves: Edge[], hash: string): number =>
  moves.filter(({ to }) => to === hash).length - moves.filter(({ from }) => from === hash).length;

// The steps that hang together by their states, each such part for itself.
const partsOf = (edges: Edge[]): Edge[][] =>
  edges.reduce<Edge[][]>((parts, edge) => {
    const touches = (part: Edge[]) =>
      part.some(({ from, to }) => [from, to].some((hash) => hash === edge.from || hash === edge.to));
    return [...parts.filter((part) => !touches(part)), [...parts.filter(touches).flat(), edge]];
  }, []);

// A part that begins with the life, or in a state that an earlier second has led to; any other follows on an event that is missing.
const isFirst = (part: Edge[], left: readonly string[]): boolean => {
  const moves = movesOf(part);
  const starts = moves.map(({ from }) => from).filter((hash) => surplus(moves, hash) < 0);
  return starts.some((hash) => hash === "" || !left.includes(hash));
};
