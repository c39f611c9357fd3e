import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { openMessageStore } from "../../emulator/sqs/message-store.ts";
import { listenForEnd } from "../../local/ending.ts";
import { sampleEvent } from "../../samples/stripe-objects.ts";
import { rejects } from "../helpers/rejects.ts";

const test = suite("the end of npm start");

const main = join(import.meta.dirname, "../../local/main.ts");

let directory: string;
let dump: string;
test.before.each(() => {
  directory = mkdtempSync(join(tmpdir(), "homebiyori-"));
  dump = join(directory, "dump.json");
  writeFileSync(join(directory, "none.json"), "[]");
});
test.after.each(() => rmSync(directory, { recursive: true }));

interface Started {
  child: ChildProcess;
  code: Promise<unknown>;
  stdout: () => string;
  stderr: () => string;
}

const optionsOf = (events = "none.json"): string[] => [
  "--events",
  join(directory, events),
  "--port",
  "0",
  "--json",
  "--dump",
  dump,
];

// In a process group of its own, as a terminal starts it.
const started = (command: string, args: string[]): Started => {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], detached: true });
  const said = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk) => (said.stdout += `${chunk}`));
  child.stderr.on("data", (chunk) => (said.stderr += `${chunk}`));
  const code = once(child, "close").then(([exitCode]: unknown[]) => exitCode);
  return { child, code, stdout: () => said.stdout, stderr: () => said.stderr };
};

const run = (...options: string[]): Started => started(process.execPath, [main, ...optionsOf(), ...options]);

const urlOf = async ({ child, stderr }: Started): Promise<string> => {
  for (;;) {
    const [url] = /http:\/\/127\.0\.0\.1:\d+/.exec(stderr()) ?? [];
    if (url) return url;
    await once(Object(child.stderr), "data");
  }
};

const listening = async (...options: string[]): Promise<Started & { url: string }> => {
  const runner = run(...options);
  return { ...runner, url: await urlOf(runner) };
};

const interrupt = ({ child }: Started): void => {
  process.kill(-Number(child.pid), "SIGINT");
};

const readDump = () => JSON.parse(readFileSync(dump, "utf8"));

const paid = (number: number) => {
  const payment = { type: "payment_intent", payment_intent: `pi_${number}` };
  const object = {
    id: `inpay_${number}`,
    object: "invoice_payment",
    invoice: `in_${number}`,
    is_default: true,
    payment,
  };
  return sampleEvent(`evt_${number}`, "invoice_payment.paid", 1, object);
};

const post = async (url: string, event: object): Promise<string> => {
  const headers = { "content-type": "application/json" };
  const response = await fetch(`${url}/events`, { method: "POST", headers, body: JSON.stringify(event) });
  return Object(await response.json()).outcome;
};

test("by Ctrl-C, which signals all of its processes, writes the dump and is no error", async () => {
  const runner = await listening();
  interrupt(runner);
  assert.is(await runner.code, 0);
  assert.equal(Object.keys(readDump()), ["core", "payments", "deadLetters", "parked"]);
});

test("by Ctrl-C is the same under npm, whether npm alone gets the signal or all processes do", async () => {
  for (const signal of [-1, 1]) {
    rmSync(dump, { force: true });
    const runner = started("npm", ["start", "--", ...optionsOf()]);
    await urlOf(runner);
    process.kill(signal * Number(runner.child.pid), "SIGINT");
    await runner.code;
    assert.ok(existsSync(dump), runner.stderr());
  }
});

test("by Ctrl-C is one Ctrl-C, though npm sends a copy of its signal", () => {
  const ending = listenForEnd(new AbortController().signal);
  for (const _ of [1, 2]) process.emit("SIGINT");
  ending.release();
  assert.ok(ending.isInterrupted());
});

test("by Ctrl-C leaves no post without an answer, and makes none a dead letter", async () => {
  const runner = await listening();
  const posts = Array.from({ length: 400 }, (_, number) => post(runner.url, paid(number)));
  await Promise.race(posts);
  interrupt(runner);
  assert.equal([...new Set(await Promise.all(posts))], ["applied"]);
  assert.is(await runner.code, 0);
  assert.is(readDump().payments.length, 400);
});

test("by Ctrl-C comes though a client posts on and on, and answers what it takes", async () => {
  const runner = await listening();
  let [posted, answered] = [0, 0];
  const client = async () => {
    for (; posted < 10_000;) {
      posted += 1;
      assert.is(await post(runner.url, paid(posted)), "applied");
      answered += 1;
      if (answered === 100) interrupt(runner);
    }
    throw new Error("It takes all that comes");
  };
  const errors = await Promise.all(Array.from({ length: 8 }, () => rejects(client())));
  // Refused, or closed where the client connected in that very moment.
  for (const { message } of errors) assert.is(message, "fetch failed");
  assert.is(await runner.code, 0);
  assert.is(readDump().payments.length, answered);
});

test("by Ctrl-C while it plays events leaves out those that have not begun, and has the exit code 130", async () => {
  const events = Array.from({ length: 5000 }, (_, number) => paid(number));
  writeFileSync(join(directory, "many.json"), JSON.stringify(events));
  const runner = started(process.execPath, [main, ...optionsOf("many.json")]);
  await once(Object(runner.child.stdout), "data");
  interrupt(runner);
  assert.is(await runner.code, 130);
  const outcomes = runner.stdout().trim().split("\n");
  assert.ok(outcomes.length < events.length, `played ${outcomes.length}`);
  assert.is(readDump().payments.length, outcomes.length);
});

test("by a second Ctrl-C waits for nothing, and has the exit code 130", async () => {
  const faults = join(directory, "faults.json");
  writeFileSync(faults, `{ "seed": 1, "faults": [{ "hop": "lambda", "kind": "hangs", "probability": 1 }] }`);
  const runner = await listening("--faults", faults);
  const hanging = rejects(post(runner.url, paid(1)));
  // By then the Lambda has the event.
  await fetch(`${runner.url}/stack`);
  interrupt(runner);
  assert.is(await Promise.race([runner.code, hanging, fetch(`${runner.url}/stack`).then(() => "waits")]), "waits");
  // npm's copy of a signal comes at once, so that one is no second Ctrl-C.
  const interrupting = setInterval(() => interrupt(runner), 100);
  assert.is(await runner.code, 130);
  clearInterval(interrupting);
  await hanging;
});

test("by the end of DynamoDB's process is one line and the exit code 2", async () => {
  const runner = await listening("--data", directory);
  const ofRunner = ["-P", `${runner.child.pid}`, "-f", "dynamodb/process.ts"];
  process.kill(Number(execFileSync("pgrep", ofRunner, { encoding: "utf8" })), "SIGKILL");
  assert.is(await runner.code, 2);
  const line = `DynamoDB's process ended (SIGKILL); what was acknowledged is kept in ${directory}. Start again`;
  assert.is(runner.stderr().trim().split("\n").at(-1), line);
});

test("by a full disk is one line and the exit code 2, and loses no dead letter that was acknowledged", async () => {
  // A limit on the size of files, which Node gets as an error too.
  const limited = `ulimit -f 400; exec "$0" "$@"`;
  const options = [...optionsOf(), "--data", directory];
  const runner = started("bash", ["-c", limited, process.execPath, main, ...options]);
  const url = await urlOf(runner);
  const acknowledged: string[] = [];
  const client = (async () => {
    for (;;) {
      const invalid = { ...paid(acknowledged.length), pad: "x".repeat(10_000), data: {} };
      const outcome = await post(url, invalid);
      if (outcome === "dead-letter") acknowledged.push(invalid.id);
    }
  })();
  await rejects(client);
  assert.is(await runner.code, 2);
  const line = `${directory}/queues.sqlite cannot be written: disk I/O error. What was acknowledged before is kept; free the disk or give another directory, and start again`;
  assert.is(runner.stderr().trim().split("\n").at(-1), line);
  const store = openMessageStore(directory, () => {});
  const letters = store.messagesOf("dev-homebiyori-dead-letter-queue");
  store.close();
  assert.ok(acknowledged.length > 0);
  assert.equal(
    letters.map(({ body }) => JSON.parse(body).event.detail.id),
    acknowledged,
  );
});

test("comes at once where the data directory is in use, in one line", async () => {
  const runner = await listening("--data", directory);
  const second = run("--data", directory);
  const code = await second.code;
  interrupt(runner);
  await runner.code;
  const line = `The data directory ${directory} is in use by another process: end that one, or give another directory\n`;
  assert.equal([code, second.stdout(), second.stderr()], [2, "", line]);
});

test.run();
