import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Answer, Ask } from "./lambda-process.ts";

/** A Lambda's code, loaded in a process of its own. */
export interface LambdaRun {
  ask(ask: Ask): Promise<Answer>;
  stop(): Promise<void>;
}

/** Starts a process with the code of that file, and an environment besides this process's own. */
export const startLambda = async (file: string, environment: Record<string, string> = {}): Promise<LambdaRun> => {
  const child = fork(join(import.meta.dirname, "lambda-process.ts"), { env: { ...process.env, ...environment } });
  const ask = async (what: Ask): Promise<Answer> => {
    child.send(what);
    const ended = once(child, "exit").then(() => {
      throw new Error(`The process of ${file} has ended`);
    });
    // One of them is never settled.
    ended.catch(() => {});
    // Only the process's own answers come this way.
    const [answer] = (await Promise.race([once(child, "message"), ended])) as [Answer];
    return answer;
  };
  await ask({ load: file });
  return {
    ask,
    stop: async () => {
      const exited = once(child, "exit");
      child.kill();
      await exited;
    },
  };
};
