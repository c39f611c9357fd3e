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
const { exec } = await import("uvu");

// Of a suite whose `before` throws uvu says no more than that none of its tests was run, and goes on as if all were well.
const loud =
  (run: Run, file: string): Run =>
  async () => {
    const [errors, passed, skipped, total] = await run();
    const hasFailed = errors.length > 0;
    const told =
      hasFailed || passed === total ? errors : `  FAIL  ${file}: its before threw, and none of its tests was run`;
    return [told, passed, skipped, total];
  };

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
    group?.push(async () => [`  FAIL  ${file}\n${Object(error).stack ?? error}`, 0, 0, 1]);
  });
  group?.splice(1, Infinity, ...group.slice(1).map((run) => (typeof run === "string" ? run : loud(run, file))));
  group?.push(async () => {
    await takeNext();
    return ["", 0, 0, 0];
  });
};

globalThis.UVU_QUEUE.length = 0;
await takeNext();
await exec();
