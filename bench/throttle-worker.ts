import { parentPort, workerData } from "node:worker_threads";

// Gives a process a share of the CPU: it goes on and is stopped by turns. In a thread, as a timer of Node's is not exact enough.

const { pid, ended, onMilliseconds, offMilliseconds } = workerData;

const isEnded = (milliseconds: number): boolean => Atomics.wait(ended, 0, 0, milliseconds) !== "timed-out";

const turn = (): boolean => {
  process.kill(pid, "SIGCONT");
  if (isEnded(onMilliseconds)) return false;
  process.kill(pid, "SIGSTOP");
  return !isEnded(offMilliseconds);
};

turn();
parentPort?.postMessage("begun");
while (turn());
process.kill(pid, "SIGCONT");
