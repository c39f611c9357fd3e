import type { ChildProcess } from "node:child_process";
import { subscribe } from "node:diagnostics_channel";
import type { Worker } from "node:worker_threads";
import { ask } from "../../emulator/dynamodb/dynamodb.ts";

/** The CPU's time in milliseconds, by who took it. */
export interface CpuTimes {
  /** The runner's own thread. */
  runner: number;
  /** The Lambdas' threads. */
  lambdas: number;
  /** The process of DynamoDB. */
  dynamodb: number;
  /** Threads that belong to Node: they compile, and collect garbage. */
  node: number;
}

/** Watches the threads and processes that are started from here on; says how much of the CPU's time they took so far. */
export const watchThreads = (): (() => Promise<CpuTimes>) => {
  const workers = new Set<Worker>();
  const children = new Set<ChildProcess>();
  // Node announces each one: https://nodejs.org/api/diagnostics_channel.html#worker-thread.
  subscribe("worker_threads", (message) => {
    const { worker } = message as { worker: Worker };
    workers.add(worker);
    worker.once("exit", () => workers.delete(worker));
  });
  subscribe("child_process", (message) => {
    const { process: child } = message as { process: ChildProcess };
    children.add(child);
    child.once("exit", () => children.delete(child));
  });
  return async () => {
    const own = milliseconds(process.threadCpuUsage());
    const lambdas = sum((await Promise.all([...workers].map((worker) => worker.cpuUsage()))).map(milliseconds));
    const dynamodb = sum(await Promise.all([...children].filter(({ connected }) => connected).map(cpuOf)));
    return { runner: own, lambdas, dynamodb, node: milliseconds(process.cpuUsage()) - own - lambdas };
  };
};

const milliseconds = ({ user, system }: NodeJS.CpuUsage): number => (user + system) / 1000;

const sum = (values: number[]): number => values.reduce((all, value) => all + value, 0);

// It is asked as the runner asks it.
const cpuOf = async (child: ChildProcess): Promise<number> =>
  milliseconds((await ask(child, "cpu")) as NodeJS.CpuUsage);
