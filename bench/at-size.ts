import { once } from "node:events";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { startLambda } from "./lambda-run.ts";
import { payloads } from "./lambda-payloads.ts";

/** How a Lambda does with the CPU's share that it has at a size of memory: each value in milliseconds, of one call. */
export interface AtSize {
  first: number[];
  warm: number[];
  /** The memory that the process had, at most. */
  megabytes: number;
  /** The share that the process really had, when it could use all of it. */
  share: number;
}

/** The size at which Lambda gives one whole CPU: https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html. */
export const wholeCpuMegabytes = 1769;

/** Whether a process can be stopped and go on here, which is how a share of the CPU is given. */
export const canThrottle = process.platform !== "win32";

let runs = 0;

/**
 * Measures a Lambda's first call and warm ones, which come alone, at a size of memory.
 *
 * The process goes on for its share of every 20 ms and is stopped for the rest, also while it waits for DynamoDB: Lambda would count
 * the CPU's time alone, so what is measured is rather too much. While the code is loaded it has all of the CPU, as in Lambda.
 */
export const measureAtSize = async (
  name: string,
  megabytes: number,
  { file, starts, calls }: { file: string; starts: number; calls: number },
): Promise<AtSize> => {
  const result: AtSize = { first: [], warm: [], megabytes: 0, share: 1 };
  for (let start = 0; start < starts; start += 1) {
    runs += 1;
    const lambda = await startLambda(file);
    const end = await throttle(lambda.pid, Math.min(1, megabytes / wholeCpuMegabytes));
    const call = { payload: payloads[name] ?? "", pauseMilliseconds };
    const first = await lambda.ask({ ...call, name: `first_${runs}`, times: 1 });
    const warm = await lambda.ask({ ...call, name: `warm_${runs}`, times: calls });
    const { wall, cpuMilliseconds } = await lambda.ask({ spinMilliseconds: 200 });
    await end();
    await lambda.stop();
    result.first.push(...first.wall);
    result.warm.push(...warm.wall);
    result.megabytes = Math.max(result.megabytes, warm.megabytes);
    result.share = cpuMilliseconds / (wall[0] ?? 1);
  }
  return result;
};

const periodMilliseconds = 20;

// Longer than a period, so that a call begins with all of a period's share, as one does that comes alone.
const pauseMilliseconds = periodMilliseconds + 5;

const throttle = async (pid: number, share: number): Promise<() => Promise<void>> => {
  if (share === 1) return async () => {};
  const ended = new Int32Array(new SharedArrayBuffer(4));
  const onMilliseconds = share * periodMilliseconds;
  const worker = new Worker(join(import.meta.dirname, "throttle-worker.ts"), {
    workerData: { pid, ended, onMilliseconds, offMilliseconds: periodMilliseconds - onMilliseconds },
  });
  await once(worker, "message");
  return () =>
    new Promise((done) => {
      worker.once("exit", () => done());
      Atomics.store(ended, 0, 1);
      Atomics.notify(ended, 0);
    });
};
