import { Session } from "node:inspector/promises";

/** Offsets in source files, by the files' URLs. */
export type Offsets = Record<string, number[]>;

/**
 * Says which of these offsets the process has run since it was asked last, by V8's coverage of blocks; but not of a function that it
 * has run so often before that V8 has compiled it anew, which counts no calls.
 */
export interface Coverage {
  take(): Promise<Offsets>;
  stop(): Promise<void>;
}

/** Starts to follow what the process runs; only modules that are loaded from now on are followed. */
export const startCoverage = async (offsets: Offsets): Promise<Coverage> => {
  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  // https://chromedevtools.github.io/devtools-protocol/v8/Profiler/#method-startPreciseCoverage
  await session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
  return {
    take: async () => {
      const { result } = await session.post("Profiler.takePreciseCoverage");
      const scripts = Object.groupBy(result, ({ url }) => url.split("?")[0] ?? "");
      return Object.fromEntries(
        Object.entries(offsets).map(([url, all]) => [
          url,
          all.filter((offset) => scripts[url]?.some(({ functions }) => hasRun(offset, functions))),
        ]),
      );
    },
    stop: async () => {
      await session.post("Profiler.stopPreciseCoverage");
      session.disconnect();
    },
  };
};

// The innermost block around an offset decides. One that begins there is not around it: a function may be made and never called.
const hasRun = (offset: number, functions: { ranges: Range[] }[]): boolean => {
  let innermost: Range | undefined;
  for (const { ranges } of functions)
    for (const range of ranges)
      if (range.startOffset < offset && offset < range.endOffset && !(innermost && sizeOf(innermost) < sizeOf(range)))
        innermost = range;
  return innermost !== undefined && innermost.count > 0;
};

interface Range {
  startOffset: number;
  endOffset: number;
  count: number;
}

const sizeOf = ({ startOffset, endOffset }: Range): number => endOffset - startOffset;
