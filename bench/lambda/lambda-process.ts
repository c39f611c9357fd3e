import { createRequire } from "node:module";
import { tag } from "./lambda-payloads.ts";

// A Lambda's code in a process of its own, called one call after the other; what it prints goes nowhere.

/** What the process is asked for: to load code, or to call it so often. */
export type Ask = { load: string } | { payload: string; name: string; times: number };

/** What it answers: how long each call took, and the CPU's time for all. */
export interface Answer {
  wall: number[];
  cpuMilliseconds: number;
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
  return { wall, cpuMilliseconds: (user + system) / 1000 };
};

const answerTo = async (ask: Ask): Promise<Answer> => {
  if ("load" in ask) {
    ({ handler } = require(ask.load));
    return measured(async () => {});
  }
  const { payload, name, times } = ask;
  const all = Array.from({ length: times }, (_, call) => JSON.parse(payload.replaceAll(tag, `${name}_${call}`)));
  return measured(async (wall) => {
    for (const one of all) {
      const since = performance.now();
      await handler(one);
      wall.push(performance.now() - since);
    }
  });
};

process.on("message", async (ask: Ask) => process.send?.(await answerTo(ask)));
