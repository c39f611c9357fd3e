import { Session } from "node:inspector/promises";

/** Where this thread's time goes while something is done: the share of each kind of code, the largest first. */
export const profiled = async (work: () => Promise<unknown>): Promise<{ kind: string; share: number }[]> => {
  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.start");
  await work();
  const { profile } = await session.post("Profiler.stop");
  session.disconnect();
  const hits = new Map<string, number>();
  for (const { callFrame, hitCount = 0 } of profile.nodes) {
    const kind = kindOf(callFrame);
    if (kind !== null) hits.set(kind, (hits.get(kind) ?? 0) + hitCount);
  }
  const all = [...hits.values()].reduce((sum, count) => sum + count, 0);
  return [...hits].map(([kind, count]) => ({ kind, share: count / all })).toSorted((a, b) => b.share - a.share);
};

const kindOf = ({ functionName, url }: { functionName: string; url: string }): string | null => {
  // While it waits it takes nothing.
  if (functionName === "(idle)") return null;
  if (functionName === "(garbage collector)") return "garbage collection";
  if (functionName === "(program)") return "native code";
  const [, name] = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url) ?? [];
  if (name === "aws-local-stepfunctions" || name?.startsWith("jsonpath")) return "the interpreter";
  if (name !== undefined) return "other packages";
  return url.startsWith("file:") ? "the runner" : "Node";
};
