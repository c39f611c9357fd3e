import { type ChildProcess, fork, type Serializable } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { array, number, record, string } from "superstruct";
import type { FaultPlan } from "../faults/faults.ts";
import { EmulatorError } from "../graph/errors.ts";
import type { Graph } from "../graph/graph.ts";
import { isObject } from "../graph/json.ts";
import { validateInputs } from "../graph/validate-inputs.ts";
import { emulatorKey } from "../protocol/access-keys.ts";
import { createTables, type Table, tablesOf } from "./create-tables.ts";
import { type Items, itemsOf } from "./items.ts";
import type { Callers, ProcessArgs } from "./process.ts";

/** A DynamoDB on loopback, with the tables of a graph. */
export interface DynamoDB extends Items {
  endpoint: string;
  /** How often each call was made so far, by `<access key> <action> <resource>`. */
  calls(): Promise<Record<string, number>>;
  /** The indices of the faults that were injected here so far. */
  triggered(): Promise<number[]>;
  /** Replaces the faults by those of a plan, or by none. */
  setFaults(plan: FaultPlan | null): Promise<void>;
  stop(): Promise<void>;
}

/** What DynamoDB is started with. */
export interface DynamoDBArgs {
  graph: Graph;
  /** Tables that the program uses and does not make. */
  otherTables: Table[];
  callers: Callers;
  /** The directory that keeps the tables between runs; without it they are in memory. */
  dataDirectory?: string | undefined;
  /** The address of a DynamoDB that keeps the tables instead of this one. */
  dynamodbEndpoint?: string | undefined;
  faults?: FaultPlan | undefined;
  /** Gets the reason if the process ends before it is stopped. */
  onFailure?: ((error: EmulatorError) => void) | undefined;
}

/** Starts the process of DynamoDB, which takes a while until it can be sent its arguments. */
export const forkDynamoDB = (): ChildProcess =>
  fork(join(import.meta.dirname, "process.ts"), {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    // In a group of its own: Ctrl-C in a terminal signals the whole group of the emulator, which needs its tables to the end.
    detached: true,
  });

/** Starts DynamoDB in that process, and creates the tables that do not exist. */
export const startDynamoDB = async (child: ChildProcess, args: DynamoDBArgs): Promise<DynamoDB> => {
  const { graph } = args;
  const tables = [...tablesOf(graph), ...args.otherTables];
  let isStopping = false;
  const ended = endOf(child, args.dataDirectory);
  void ended.then((failure) => isStopping || args.onFailure?.(failure));
  const answerOf = (name: string, question: Serializable = name) =>
    Promise.race([ask(child, name, question), rejectedBy(ended)]);

  const listening = answerOf("port", processArgs(args));
  const port = validateInputs(await listening, number(), "DynamoDB's process");
  const endpoint = `http://127.0.0.1:${port}`;
  const client = new DynamoDBClient({
    endpoint,
    region: graph.region,
    credentials: { accessKeyId: emulatorKey, secretAccessKey: "none" },
  });
  await Promise.race([createTables(client, tables), rejectedBy(ended)]);

  return {
    endpoint,
    ...itemsOf(client, tables),
    calls: async () => validateInputs(await answerOf("calls"), record(string(), number()), "DynamoDB's process"),
    triggered: async () => validateInputs(await answerOf("triggered"), array(number()), "DynamoDB's process"),
    setFaults: async (faults) => {
      await answerOf("replaced", { faults });
    },
    stop: async () => {
      isStopping = true;
      client.destroy();
      if (child.connected) child.disconnect();
      await ended;
    },
  };
};

// Why the process has ended, once it has.
const endOf = async (child: ChildProcess, dataDirectory: string | undefined): Promise<EmulatorError> => {
  let reason = "";
  child.on("message", (message) => {
    if (isObject(message) && "failure" in message) reason = `: ${message["failure"]}`;
  });
  const [code, signal] = await once(child, "exit");
  const kept = dataDirectory === undefined ? "" : `; what was acknowledged is kept in ${dataDirectory}`;
  // LevelDB's word for a full disk, among others.
  const advice = reason.includes("IO error")
    ? "Free the disk or give another directory, and start again"
    : "Start again";
  return new EmulatorError(`DynamoDB's process ended (${signal ?? `exit code ${code}`})${reason}${kept}. ${advice}`);
};

const rejectedBy = async (ended: Promise<EmulatorError>): Promise<never> => {
  throw await ended;
};

const processArgs = ({ graph, callers, dataDirectory, dynamodbEndpoint, faults }: DynamoDBArgs): ProcessArgs => {
  const emulator = { who: "emulator", statements: [{ Effect: "Allow" as const, Action: "*", Resource: "*" }] };
  return {
    ...(dataDirectory !== undefined && { path: join(dataDirectory, "tables") }),
    endpoint: dynamodbEndpoint,
    tableArn: `arn:aws:dynamodb:${graph.region}:${graph.account}:table`,
    callers: { ...callers, [emulatorKey]: emulator },
    faults,
  };
};

/** Sends a question to DynamoDB's process, by default the name of the value that it answers with. */
export const ask = (child: ChildProcess, name: string, question: Serializable = name): Promise<unknown> =>
  new Promise((done) => {
    const onMessage = (message: unknown): void => {
      // It may be the answer to another question.
      if (!isObject(message) || !(name in message)) return;
      child.off("message", onMessage);
      done(message[name]);
    };
    child.on("message", onMessage);
    if (child.connected) child.send(question);
  });
