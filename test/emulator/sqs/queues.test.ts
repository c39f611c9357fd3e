import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { EmulatorError } from "../../../emulator/graph/errors.ts";
import { makeQueues } from "../../../emulator/sqs/queues.ts";
import { thrown } from "../../helpers/rejects.ts";
import { graphOf } from "../../helpers/stack.ts";

const test = suite("the queues of a data directory");

let directory: string;
test.before(() => {
  directory = mkdtempSync(join(tmpdir(), "homebiyori-"));
});
test.after(() => rmSync(directory, { recursive: true }));

test("keep their messages for the next run", async () => {
  const graph = await graphOf("dev");
  const queues = makeQueues(graph, directory);
  queues.all[0]?.send("not JSON", 1, { ERROR_CODE: "X" });
  queues.keep();
  assert.equal(
    makeQueues(graph, directory).all.map(({ messages }) => messages),
    queues.all.map(({ messages }) => messages),
  );
});

test("are refused with the name of a file that holds anything else", async () => {
  const graph = await graphOf("dev");
  const file = join(directory, `${makeQueues(graph, directory).all[0]?.name}.json`);
  for (const text of ["[", '[{"body":1}]']) {
    writeFileSync(file, text);
    const error = thrown(() => makeQueues(graph, directory));
    assert.instance(error, EmulatorError);
    assert.match(error.message, `${file} does not hold a queue's messages, at `);
  }
});

test.run();
