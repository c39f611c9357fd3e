import { once } from "node:events";
import { join } from "node:path";

// A process of `test/run.ts`: runs one test file after the other, as it is told them.

type Run = () => Promise<[errors: string, passed: number, skipped: number, total: number]>;

// What uvu's own command sets up: a group for each file, its name and what its suites are to run.
declare global {
  var UVU_DEFER: number;
  var UVU_INDEX: number;
  var UVU_QUEUE: (string | Run)[][];
}

globalThis.UVU_DEFER = 1;
process.env["FORCE_COLOR"] ??= "1";
const { exec } = await import("uvu");

// Each group ends by asking for the next, which uvu then finds at the end of its queue.
const takeNext = async (): Promise<void> => {
  process.send?.("next");
  const [{ file }] = await once(process, "message");
  if (file === null) {
    process.disconnect();
    return;
  }
  globalThis.UVU_INDEX = globalThis.UVU_QUEUE.length;
  globalThis.UVU_QUEUE.push([file]);
  const group = globalThis.UVU_QUEUE.at(-1);
  await import(join(import.meta.dirname, file)).catch((error: unknown) => {
    group?.push(async () => [`${Object(error).stack ?? error}`, 0, 0, 1]);
  });
  group?.push(async () => {
    await takeNext();
    return ["", 0, 0, 0];
  });
};

globalThis.UVU_QUEUE.length = 0;
await takeNext();
await exec();
