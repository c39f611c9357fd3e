import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { EmulatorError } from "../../../emulator/graph/errors.ts";
import { openMessageStore } from "../../../emulator/sqs/message-store.ts";
import { makeQueues } from "../../../emulator/sqs/queues.ts";
import { thrown } from "../../helpers/rejects.ts";
import { graphOf } from "../../helpers/stack.ts";

const test = suite("the queues of a data directory");

let directory: string;
test.before.each(() => {
  directory = mkdtempSync(join(tmpdir(), "homebiyori-"));
});
test.after.each(() => rmSync(directory, { recursive: true }));

const open = (path = directory, onFailure = (_: Error): void => {}) => openMessageStore(path, onFailure);

test("keep their messages for the next run, in order, and not those that were deleted", async () => {
  const graph = await graphOf("dev");
  const store = open();
  const [queue] = makeQueues(graph, store).all;
  for (const body of ["not JSON", "2", "3"]) queue?.send(body, 1, { ERROR_CODE: "X" });
  queue?.delete(queue.receive(1, 2)[0]?.receiptHandle ?? "");
  store.close();
  const again = open();
  assert.equal(
    makeQueues(graph, again).all.map(({ messages }) => messages.map(({ body, attributes }) => [body, attributes])),
    [
      [
        ["2", { ERROR_CODE: "X" }],
        ["3", { ERROR_CODE: "X" }],
      ],
      [],
    ],
  );
  again.close();
});

test("are those of one process at a time, and free again once it was killed", () => {
  const store = open();
  const error = thrown(open);
  assert.instance(error, EmulatorError);
  assert.is(
    error.message,
    `The data directory ${directory} is in use by another process: end that one, or give another directory`,
  );
  store.close();
  const module = join(import.meta.dirname, "../../../emulator/sqs/message-store.ts");
  const script = `import { openMessageStore } from ${JSON.stringify(module)};
    const store = openMessageStore(${JSON.stringify(directory)}, () => {});
    store.add("queue", { messageId: "1", body: "b", attributes: {}, sentAt: 1 });
    process.kill(process.pid, "SIGKILL");`;
  thrown(() => execFileSync(process.execPath, ["--input-type=module", "-e", script]));
  const again = open();
  assert.equal(again.messagesOf("queue"), [{ messageId: "1", body: "b", attributes: {}, sentAt: 1 }]);
  again.close();
});

test("are refused with the name of a file that holds anything else", () => {
  const file = join(directory, "queues.sqlite");
  writeFileSync(file, "[".repeat(4096));
  assert.is(thrown(open).message, `${file} does not hold the messages of queues: move it away to start without them`);
  rmSync(file);
  open().close();
  const database = new DatabaseSync(file);
  database.exec(`INSERT INTO messages (queue, id, message) VALUES ('queue', '1', '{"body":1}')`);
  database.close();
  const store = open();
  assert.match(thrown(() => store.messagesOf("queue")).message, `${file} holds a message that is none, at `);
  store.close();
});

test("are refused where no directory can be made, or it is none", () => {
  for (const path of ["/proc/x", join(import.meta.filename, "x")]) {
    const { message } = thrown(() => open(path));
    assert.match(message, `The data directory ${path} cannot be created: `);
  }
  const file = import.meta.filename;
  const used = `The data directory ${file} cannot be used: unable to open database file. Give another one`;
  assert.is(thrown(() => open(file)).message, used);
});

test("are written at the same cost however many messages they hold", async () => {
  const graph = await graphOf("dev");
  // What is written since it was opened is beside the database, until it is as long as a thousand pages.
  const bytesOfHundred = (more = 0): number => {
    const store = open();
    const [queue] = makeQueues(graph, store).all;
    for (let number = 0; number < 100; number += 1) queue?.send("body", 1);
    const { size } = statSync(join(directory, "queues.sqlite-wal"));
    for (let number = 0; number < more; number += 1) queue?.send("body", 1);
    store.close();
    return size;
  };
  const first = bytesOfHundred(2000);
  assert.ok(bytesOfHundred() < 1.5 * first);
});

test("send nothing that cannot be written, and say so once", async () => {
  const failures: Error[] = [];
  const store = open(directory, (error) => failures.push(error));
  const [queue] = makeQueues(await graphOf("dev"), store).all;
  store.close();
  for (const _ of [1, 2])
    assert.match(thrown(() => queue?.send("body", 1)).message, "queues.sqlite cannot be written: ");
  assert.equal([failures.length, queue?.messages], [1, []]);
});

test.run();
