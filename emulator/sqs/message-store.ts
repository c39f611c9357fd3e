import { existsSync, mkdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { object, record, string, number } from "superstruct";
import { EmulatorError } from "../graph/errors.ts";
import { parseJson } from "../graph/json.ts";
import { validateInputs } from "../graph/validate-inputs.ts";
import type { Message } from "./queue.ts";

/** The messages of queues in a data directory, each written as it comes. */
export interface MessageStore {
  messagesOf(queue: string): Message[];
  add(queue: string, message: Message): void;
  delete(messageId: string): void;
  close(): void;
}

/**
 * Opens the messages of a data directory, which no other process can open until this one closes them or ends, however it ends.
 *
 * Once a write has failed, all others do, and `onFailure` gets the reason.
 *
 * @throws {EmulatorError} for a directory that is in use, cannot be written or holds anything else.
 */
export const openMessageStore = (directory: string, onFailure: (error: EmulatorError) => void): MessageStore => {
  const file = join(directory, "queues.sqlite");
  const database = open(directory, file);
  const [select, insert, remove] = [
    database.prepare("SELECT message FROM messages WHERE queue = ? ORDER BY number"),
    database.prepare("INSERT INTO messages (queue, id, message) VALUES (?, ?, ?)"),
    database.prepare("DELETE FROM messages WHERE id = ?"),
  ];
  let failure: EmulatorError | null = null;
  const write = (run: () => unknown): void => {
    if (failure) throw failure;
    try {
      run();
    } catch (error) {
      failure = cannotWrite(file, error);
      onFailure(failure);
      throw failure;
    }
  };
  return {
    messagesOf: (queue) => select.all(queue).map(({ message }) => readMessage(file, `${message}`)),
    add: (queue, message) => write(() => insert.run(queue, message.messageId, JSON.stringify(message))),
    delete: (messageId) => write(() => remove.run(messageId)),
    close: () => database.close(),
  };
};

const cannotWrite = (path: string, cause: unknown): EmulatorError =>
  new EmulatorError(
    `${path} cannot be written: ${reasonOf(cause)}. What was acknowledged before is kept; free the disk or give another directory, and start again`,
    { cause },
  );

const open = (directory: string, file: string): DatabaseSync => {
  try {
    makeDirectory(resolve(directory));
  } catch (error) {
    throw new EmulatorError(`The data directory ${directory} cannot be created: ${reasonOf(error)}. Give another one`, {
      cause: error,
    });
  }
  try {
    const database = new DatabaseSync(file);
    // The operating system takes back this lock when the process ends, even by SIGKILL.
    database.exec("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
    database.exec(
      "BEGIN EXCLUSIVE; CREATE TABLE IF NOT EXISTS messages (number INTEGER PRIMARY KEY, queue TEXT, id TEXT UNIQUE, message TEXT); COMMIT",
    );
    return database;
  } catch (error) {
    throw refusalOf(error, directory, file);
  }
};

// Node's own recursive mkdir never ends for a path in /proc.
const makeDirectory = (path: string): void => {
  if (existsSync(path)) return;
  makeDirectory(dirname(path));
  mkdirSync(path);
};

// https://www.sqlite.org/rescode.html
const sqliteBusy = 5;
const sqliteNotADatabase = 26;
const sqliteCorrupt = 11;

const refusalOf = (error: unknown, directory: string, file: string): EmulatorError => {
  const code = Object(error).errcode & 0xff;
  const inUse = `The data directory ${directory} is in use by another process: end that one, or give another directory`;
  if (code === sqliteBusy) return new EmulatorError(inUse, { cause: error });
  const broken = `${file} does not hold the messages of queues: move it away to start without them`;
  if (code === sqliteNotADatabase || code === sqliteCorrupt) return new EmulatorError(broken, { cause: error });
  return new EmulatorError(`The data directory ${directory} cannot be used: ${reasonOf(error)}. Give another one`, {
    cause: error,
  });
};

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : `${error}`);

const StoredMessage = object({
  messageId: string(),
  body: string(),
  attributes: record(string(), string()),
  sentAt: number(),
});

const readMessage = (file: string, text: string): Message =>
  validateInputs(
    parseJson(text),
    StoredMessage,
    (path, { message }) => new EmulatorError(`${file} holds a message that is none, at ${path}: ${message}`),
  );
