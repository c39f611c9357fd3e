import type { Book } from "./order.ts";

/**
 * The state that the steps of the newest second lead to, by hash: the last of them, whose order nothing tells.
 *
 * Each rule narrows the states down, where it leaves any: entered more often than left within that second; the same over the
 * whole life (which decides where the second ends as it began); not the first event's; left by no step. Then what is left is no
 * knowledge but a rule: the later period, the larger hash.
 */
export const pick = ({ steps, states }: Pick<Book, "steps" | "states">, entered: readonly string[]): string => {
  const edges = edgesOf(steps);
  const moves = edges.filter(({ from, to }) => from !== to);
  const rules: ((hash: string) => boolean)[] = [
    (hash) => moves.filter(({ to }) => to === hash).length > moves.filter(({ from }) => from === hash).length,
    (hash) => entered.includes(hash),
    (hash) => edges.some(({ from, to }) => to === hash && from !== ""),
    (hash) => moves.every(({ from }) => from !== hash),
  ];
  const all = [...new Set(edges.map(({ to }) => to))];
  const possible = rules.reduce((left, rule) => {
    const narrowed = left.filter(rule);
    return narrowed.length > 0 ? narrowed : left;
  }, all);
  const periodEnd = (hash: string) => states[hash]?.current_period_end ?? 0;
  return possible.toSorted((a, b) => periodEnd(b) - periodEnd(a) || (a < b ? 1 : -1))[0] ?? "";
};

/**
 * Whether those steps can be walked in one order only, even if one before the last had been lost.
 *
 * Steps that visit each state once are such a walk; where one is visited twice, the walk could have gone round from there.
 */
export const isUnambiguous = (steps: readonly string[]): boolean => {
  const edges = edgesOf(steps);
  if (new Set(edges.map(({ to }) => to)).size === 1) return true;
  const moves = edges.filter(({ from, to }) => from !== to);
  const next = new Map(moves.map(({ from, to }) => [from, to]));
  const entered = new Set(moves.map(({ to }) => to));
  const [start, ...others] = [...next.keys()].filter((hash) => !entered.has(hash));
  if (start === undefined || others.length > 0) return false;
  if (next.size !== moves.length || entered.size !== moves.length) return false;
  let walked = 0;
  for (let at = next.get(start); at !== undefined; at = next.get(at)) walked += 1;
  return walked === moves.length;
};

const edgesOf = (steps: readonly string[]) =>
  steps.map((step) => {
    const [from = "", to = ""] = step.split(">");
    return { from, to };
  });
