// The transitions of one second are a directed multigraph: its vertices are states, its edges lead from the state that an event
// left to the one that it shows. Whatever their order was, they are a walk along all edges, an Eulerian path, so the walk ends
// where the in-degree exceeds the out-degree.

/** An edge of the multigraph. */
export interface Edge {
  /** The state that it leaves, by hash; empty for the first event of a subscription. */
  from: string;
  to: string;
  /** How many parallel edges it stands for. */
  count: number;
}

/** Over a subscription's whole history: the states entered more often than left, and those left more often than entered. */
export interface Unbalanced {
  entered: readonly string[];
  left: readonly string[];
}

/** What is known of the newest second. */
export interface NewestSecond extends Unbalanced {
  edges: readonly Edge[];
  /** Until when a state's period lasts, in unix seconds; 0 where it names none. Null for a state of which no more is known. */
  periodEndOf: (hash: string) => number | null;
}

/**
 * The state at the end of the newest second's walk; empty if there is none to choose.
 *
 * Each rule narrows the states down, where it leaves any. In a component that follows on a missing event, if there are several
 * components; in-degree above out-degree within that second; the same over the whole history (which decides where the second ends
 * as it began); not the first event's; a sink. What is still left is decided by convention: the later period, the larger hash.
 */
export const endOfWalk = ({ edges, entered, left, periodEndOf }: NewestSecond): string => {
  const moves = movesOf(edges);
  const later = componentsOf(edges).filter((component) => !startsKnown(component, left));
  const rules: ((hash: string) => boolean)[] = [
    (hash) => later.some((component) => component.some(({ to }) => to === hash)),
    (hash) => excessOf(moves, hash) > 0,
    (hash) => entered.includes(hash),
    (hash) => edges.some(({ from, to }) => to === hash && from !== ""),
    (hash) => moves.every(({ from }) => from !== hash),
  ];
  const all = [...new Set(edges.map(({ to }) => to))].filter((hash) => periodEndOf(hash) !== null);
  const possible = rules.reduce((remaining, rule) => {
    const narrowed = remaining.filter(rule);
    return narrowed.length > 0 ? narrowed : remaining;
  }, all);
  const periodEnd = (hash: string) => periodEndOf(hash) ?? 0;
  return possible.toSorted((a, b) => periodEnd(b) - periodEnd(a) || (a < b ? 1 : -1))[0] ?? "";
};

/**
 * Whether there is one Eulerian path only, even if an event before the last had been lost.
 *
 * A walk that visits each state once is such a path; where one is visited twice, the walk could have gone on from there.
 */
export const isUnambiguous = (edges: readonly Edge[]): boolean => {
  if (new Set(edges.map(({ to }) => to)).size === 1) return true;
  const moves = movesOf(edges);
  if (moves.some(({ count }) => count > 1)) return false;
  const next = new Map(moves.map(({ from, to }) => [from, to]));
  const entered = new Set(moves.map(({ to }) => to));
  // Where no state is entered twice, a walk from one that is not entered comes to an end.
  if (entered.size !== moves.length) return false;
  let end = [...next.keys()].find((hash) => !entered.has(hash)) ?? "";
  let walked = 0;
  for (let at = next.get(end); at !== undefined; at = next.get(at)) [end, walked] = [at, walked + 1];
  // A loop anywhere but at the end could be one after a way back there that was lost.
  return walked === moves.length && edges.every(({ from, to }) => from !== to || to === end);
};

/** Whether the edges are one weakly connected component, as they are unless an event is missing. */
export const isConnected = (edges: readonly Edge[]): boolean => componentsOf(edges).length <= 1;

/** Whether a path leads from one state to another. */
export const hasPath = (edges: readonly Edge[], from: string, to: string): boolean => {
  const reached = new Set([from]);
  // A set is walked through with what is added on the way.
  for (const at of reached) {
    for (const edge of edges) if (edge.from === at) reached.add(edge.to);
  }
  return reached.has(to);
};

const movesOf = (edges: readonly Edge[]): Edge[] => edges.filter(({ from, to }) => from !== to);

// In-degree less out-degree.
const excessOf = (moves: Edge[], hash: string): number => {
  const degree = (end: "from" | "to") => moves.reduce((sum, edge) => sum + (edge[end] === hash ? edge.count : 0), 0);
  return degree("to") - degree("from");
};

const componentsOf = (edges: readonly Edge[]): Edge[][] =>
  edges.reduce<Edge[][]>((components, edge) => {
    const touches = (component: Edge[]) =>
      component.some(({ from, to }) => [from, to].some((hash) => hash === edge.from || hash === edge.to));
    return [...components.filter((one) => !touches(one)), [...components.filter(touches).flat(), edge]];
  }, []);

// A component that begins with the first event, or in a state that an earlier second has led to; any other follows on a missing event.
const startsKnown = (component: Edge[], left: readonly string[]): boolean => {
  const moves = movesOf(component);
  const starts = moves.map(({ from }) => from).filter((hash) => excessOf(moves, hash) < 0);
  return starts.some((hash) => !left.includes(hash));
};
