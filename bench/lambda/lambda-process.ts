import { createRequire } from "node:module";
import { tag } from "./lambda-payloads.ts";

// A Lambda's code in a process of its own, called one call after the other; what it prints goes nowhere.

/** What the process is asked for: to load code, to call it so often, or to keep the CPU busy. */
export type Ask =
  | { load: string }
  | { payload: string; name: string; times: number; pauseMilliseconds: number }
  | { spinMilliseconds: number };

/** What it answers: how long each call took, the CPU's time for all, and the memory that the process has then. */
export interface Answer {
  wall: number[];
  cpuMilliseconds: number;
  megabytes: number;
}

const require = createRequire(import.meta.url);
let handler: (payload: unknown) => Promise<unknown> = () => Promise.reject(new Error("Nothing is loaded"));

// To make a line of JSON of what is logged is the Lambda's work, as in Lambda.
for (const level of ["info", "warn", "error"] as const) console[level] = (line: unknown) => void JSON.stringify(line);
Object.assign(process.stdout, { write: () => true });

const measured = async (work: (wall: number[]) => Promise<void>): Promise<Answer> => {
  const wall: number[] = [];
  const before = process.cpuUsage();
  await work(wall);
  const { user, system } = process.cpuUsage(before);
  return { wall, cpuMilliseconds: (user + system) / 1000, megabytes: process.memoryUsage.rss() / 1024 / 1024 };
};

const answerTo = async (ask: Ask): Promise<Answer> => {
  if ("load" in ask) {
    ({ handler } = require(ask.load));
    return measured(async () => {});
  }
  if ("spinMilliseconds" in ask) {
    return measured(async (wall) => {
      const since = performance.now();
      while (performance.now() - since < ask.spinMilliseconds);
      wall.push(performance.now() - since);
    });
  }
  const { payload, name, times, pauseMilliseconds } = ask;
  const all = Array.from({ length: times }, (_, call) => JSON.parse(payload.replaceAll(tag, `${name}_${call}`)));
  return measured(async (wall) => {
    for (const one of all) {
      if (pauseMilliseconds > 0) await new Promise((done) => setTimeout(done, pauseMilliseconds));
      const since = performance.now();
      await handler(one);
      wall.push(performance.now() - since);
    }
  });
};

process.on("message", async (ask: Ask) => process.send?.(await answerTo(ask)));
