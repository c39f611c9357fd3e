import { createRequire } from "node:module";
import { format } from "node:util";
import { compileFunction, constants } from "node:vm";
import { parentPort, workerData } from "node:worker_threads";

// A Lambda's container: the deployed code in a thread of its own, with the environment that the graph gives it.

const timestamp = () => new Date().toISOString();

let requestId = "";

// Lambda's JSON log format: what is printed goes under `message`, an object as it is.
for (const level of ["debug", "info", "warn", "error"] as const) {
  console[level] = (first: unknown, ...others: unknown[]) => {
    const message = typeof first === "object" && others.length === 0 ? first : format(first, ...others);
    const line = { timestamp: timestamp(), level: level.toUpperCase(), requestId, message };
    process.stdout.write(`${JSON.stringify(line)}\n`);
  };
}
console.log = console.info;

const load = (code: string): ((event: unknown) => Promise<unknown>) => {
  const module = { exports: {} as { handler?: (event: unknown) => Promise<unknown> } };
  const compiled = compileFunction(code, ["require", "module", "exports"], {
    filename: "index.js",
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
  compiled(createRequire(import.meta.url), module, module.exports);
  const { handler } = module.exports;
  if (!handler) throw new Error("index.handler is undefined or not exported");
  return handler;
};

// What the Lambda runtime makes of something thrown.
const asLambdaError = (thrown: unknown) =>
  thrown instanceof Error
    ? { errorType: thrown.name, errorMessage: thrown.message, trace: thrown.stack?.split("\n") ?? [] }
    : { errorType: typeof thrown, errorMessage: `${thrown}`, trace: [] };

const handler = load(workerData.code);

parentPort?.on("message", async ({ id, payload }: { id: string; payload: string }) => {
  requestId = id;
  try {
    const result = await handler(JSON.parse(payload));
    parentPort?.postMessage({ payload: JSON.stringify(result ?? null) });
  } catch (error) {
    parentPort?.postMessage({ error: asLambdaError(error) });
  }
});
parentPort?.postMessage("ready");
