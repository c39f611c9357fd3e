import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { type Graph, ofType } from "../../../emulator/graph/graph.ts";
import { graphOf } from "../../helpers/stack.ts";
import type { Job, Report } from "./worker.ts";

/** What the tests said of a mutant: which one failed, if any. */
export interface Verdict {
  killer: Extract<Report, { kind: "ends" }>["killer"];
  /** The tests that passed. */
  passed: Extract<Report, { kind: "passed" }>[];
}

/** A process that runs the tests of one mutant after the other; one that hangs or crashes is replaced. */
export interface WorkerProcess {
  run(job: Job, isAlone: boolean): Promise<Verdict>;
  stop(): void;
}

// Modules are never unloaded.
const maxJobs = 120;

/** Starts workers, one at a time; `usual` is how long a test takes without a mutant, in milliseconds. */
export const workerProcess = (usual: (url: string, title: string) => number): WorkerProcess => {
  let child: ChildProcess | undefined;
  let jobs = 0;
  const stop = (): void => {
    child?.kill("SIGKILL");
    child = undefined;
  };
  // A mutant that never ends does not see that the command has.
  process.on("exit", stop);
  const judge = async (job: Job): Promise<Verdict> => {
    // One that ended, or that ends after its last job by what that left running.
    if (child && !child.connected) stop();
    child ??= await started();
    jobs += 1;
    return judged(child, job, usual);
  };
  return {
    run: async (job, isAlone) => {
      let verdict = await judge(job);
      // It may have ended by what the mutant before left running.
      if (verdict.killer?.reason === crashes) verdict = await judge(job);
      // What a mutant left running must not fail the next one.
      if (isAlone || jobs % maxJobs === 0 || verdict.killer?.reason === hangs) stop();
      return verdict;
    },
    stop,
  };
};

const hangs = "It does not end";
const crashes = "It ends the process";

const started = async (): Promise<ChildProcess> => {
  const graph = await graphOf("dev");
  const child = fork(join(import.meta.dirname, "worker.ts"), { stdio: ["ignore", "ignore", "ignore", "ipc"] });
  // The rest is some megabytes of the Lambdas' code.
  child.send({ ...graph, resources: ofType(graph, "aws:dynamodb/table:Table") } satisfies Graph);
  const [report] = await Promise.race([once(child, "message"), once(child, "exit")]);
  if (!child.connected) throw new Error(`A worker ended before it could take a mutant: ${report}`);
  return child;
};

const judged = (child: ChildProcess, job: Job, usual: (url: string, title: string) => number): Promise<Verdict> =>
  new Promise((done) => {
    const passed: Verdict["passed"] = [];
    let at = { url: "", title: "" };
    let timer: NodeJS.Timeout | undefined;
    const end = (killer: Verdict["killer"]): void => {
      clearTimeout(timer);
      child.off("message", take);
      child.off("exit", crashed);
      done({ killer, passed });
    };
    const crashed = (): void => end({ ...at, reason: crashes });
    const take = (report: Report): void => {
      clearTimeout(timer);
      if (report.kind === "ends") return end(report.killer);
      if (report.kind === "ready") return;
      if (report.kind === "passed") passed.push(report);
      at = { url: report.url, title: report.title };
      timer = setTimeout(() => end({ ...at, reason: hangs }), 5000 + 3 * usual(at.url, at.title));
    };
    child.on("message", take);
    child.on("exit", crashed);
    child.send(job);
  });
