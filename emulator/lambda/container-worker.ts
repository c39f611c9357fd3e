import { randomUUID } from "node:crypto";
import { createRequire } from "node:module";
import { format } from "node:util";
import { compileFunction, constants } from "node:vm";
import { parentPort, workerData } from "node:worker_threads";
import type { FromContainer, ToContainer } from "./container.ts";
import { skipWaits } from "./skip-waits.ts";

// A Lambda's container: the deployed code in a thread of its own, with the environment that the graph gives it.

const send = (message: FromContainer): void => parentPort?.postMessage(message);

let requestId = "";

// On the same channel as the answer, so that a line printed before it arrives before it.
const print = (text: unknown): boolean => {
  for (const log of String(text).split("\n").filter(Boolean)) send({ log });
  return true;
};
Object.assign(process.stdout, { write: print });
Object.assign(process.stderr, { write: print });

const plain = (value: unknown): unknown =>
  value instanceof Error
    ? { errorType: value.name, errorMessage: value.message, stackTrace: value.stack?.split("\n") }
    : value;

// Lambda's JSON log format: the arguments go under `message`, an object as it is.
for (const level of ["debug", "info", "warn", "error"] as const) {
  console[level] = (first: unknown, ...others: unknown[]) => {
    const message = typeof first === "object" && others.length === 0 ? plain(first) : format(first, ...others);
    print(JSON.stringify({ timestamp: new Date().toISOString(), level: level.toUpperCase(), requestId, message }));
  };
}
console.log = console.info;

type Handler = (event: unknown) => Promise<unknown>;

const load = (code: string): Handler => {
  const exports: { handler?: Handler } = {};
  const compiled = compileFunction(code, ["require", "module", "exports"], {
    filename: "index.js",
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
  const module = { exports };
  compiled(createRequire(import.meta.url), module, exports);
  const { handler } = module.exports;
  if (!handler) throw new Error("index.handler is undefined or not exported");
  return handler;
};

// As the Lambda runtime writes what a handler throws.
const asLambdaError = (thrown: unknown) =>
  thrown instanceof Error
    ? { errorType: thrown.name, errorMessage: thrown.message, trace: thrown.stack?.split("\n") ?? [] }
    : { errorType: typeof thrown, errorMessage: String(thrown) };

const waits = workerData.skipsWaits ? skipWaits((wait, milliseconds) => send({ wait, milliseconds })) : null;
const handler = load(workerData.code);

parentPort?.on("message", async (message: ToContainer) => {
  if ("over" in message) {
    waits?.over(message.over);
    return;
  }
  requestId = randomUUID();
  try {
    send({ payload: JSON.stringify((await handler(JSON.parse(message.call))) ?? null) });
  } catch (error) {
    send({ error: asLambdaError(error) });
  }
});
send({ ready: true });
