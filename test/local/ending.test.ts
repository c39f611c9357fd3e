import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { hash } from "node:crypto";
import { subscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
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
  try {
    process.kill(-Number(child.pid), "SIGINT");
  } catch (error) {
    // It has just ended.
    if (Object(error).code !== "ESRCH") throw error;
  }
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

const invalid = (number: number) => ({ ...paid(number), data: {} });

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
    assert.is(await runner.code, 0, runner.stderr());
    assert.ok(existsSync(dump), runner.stderr());
  }
});

test("by Ctrl-C is one Ctrl-C, though npm sends a copy of its signal", () => {
  const ending = listenForEnd(new AbortController().signal);
  for (const _ of [1, 2]) process.emit("SIGINT");
  ending.release();
  assert.ok(ending.isInterrupted());
});

// Resolves once that many requests are with the operating system: https://github.com/nodejs/undici/blob/main/docs/docs/api/DiagnosticsChannel.md
const bodiesSent = (count: number): Promise<void> =>
  new Promise((done) => {
    let sent = 0;
    subscribe("undici:request:bodySent", () => {
      sent += 1;
      if (sent === count) done();
    });
  });

test("by Ctrl-C leaves no post without an answer, and makes none a dead letter", async () => {
  const runner = await listening();
  const sent = bodiesSent(400);
  const posts = Array.from({ length: 400 }, (_, number) => post(runner.url, paid(number)));
  await sent;
  interrupt(runner);
  const outcomes = await Promise.all(posts.map((outcome) => outcome.catch(({ cause }) => `${cause}`)));
  assert.equal([...new Set(outcomes)], ["applied"]);
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

const tablesOf = ({ child }: Started): number =>
  Number(execFileSync("pgrep", ["-P", `${child.pid}`, "-f", "dynamodb/process.ts"], { encoding: "utf8" }));

test("by the end of DynamoDB's process is one line and the exit code 2", async () => {
  const runner = await listening("--data", directory);
  process.kill(tablesOf(runner), "SIGKILL");
  assert.is(await runner.code, 2);
  const line = `DynamoDB's process ended (SIGKILL); what was acknowledged is kept in ${directory}. Start again`;
  assert.is(runner.stderr().trim().split("\n").at(-1), line);
});

// A limit on the size of files, in KiB, which Node gets as an error too.
const startedOnFullDisk = (): Started => {
  const limited = `ulimit -f 400; exec "$0" "$@"`;
  return started("bash", ["-c", limited, process.execPath, main, ...optionsOf(), "--data", directory]);
};

// The rows and dead letters that a runner on the same directory starts with.
const keptIn = async (...options: string[]): Promise<{ payments: string[]; deadLetters: string[] }> => {
  const runner = run("--data", directory, "--exit", ...options);
  await runner.code;
  const { payments, deadLetters } = readDump();
  return {
    payments: payments.map((row: Record<string, unknown>) => row["PK"]),
    deadLetters: deadLetters.map((letter: Record<string, unknown>) => Object(letter["body"]).event.detail.id),
  };
};

test("by a full disk under the tables is one line and the exit code 2, and loses no row that was acknowledged", async () => {
  const runner = startedOnFullDisk();
  const url = await urlOf(runner);
  const acknowledged: string[] = [];
  let posted = 0;
  const client = async () => {
    for (;;) {
      const number = (posted += 1);
      if ((await post(url, paid(number))) === "applied") acknowledged.push(`INVOICE#in_${number}`);
    }
  };
  await Promise.all(Array.from({ length: 8 }, () => rejects(client())));
  assert.is(await runner.code, 2);
  const line = `DynamoDB's process ended (exit code 1): IO error: ${directory}/tables/000003.log: File too large; what was acknowledged is kept in ${directory}. Free the disk or give another directory, and start again`;
  assert.is(runner.stderr().trim().split("\n").at(-1), line);
  const { payments } = await keptIn();
  assert.ok(acknowledged.length > 0);
  assert.equal(
    acknowledged.filter((key) => !payments.includes(key)),
    [],
  );
});

test("by a full disk is one line and the exit code 2, and loses no dead letter that was acknowledged", async () => {
  const runner = startedOnFullDisk();
  const url = await urlOf(runner);
  const acknowledged: string[] = [];
  const client = (async () => {
    for (;;) {
      const event = { ...invalid(acknowledged.length), pad: "x".repeat(10_000) };
      if ((await post(url, event)) === "dead-letter") acknowledged.push(event.id);
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

test("by SIGKILL, of the runner alone or of DynamoDB's process too, loses no row and no dead letter", async () => {
  const posted: [string[], string[]] = [[], []];
  for (const [index, isWhole] of [false, true].entries()) {
    const runner = await listening("--data", directory);
    const events = [paid(index), invalid(index + 2)];
    assert.equal(await Promise.all(events.map((event) => post(runner.url, event))), ["applied", "dead-letter"]);
    posted[0].push(`INVOICE#in_${index}`);
    posted[1].push(`evt_${index + 2}`);
    const others = isWhole ? [tablesOf(runner)] : [];
    for (const id of [-Number(runner.child.pid), ...others]) process.kill(id, "SIGKILL");
    assert.is(await runner.code, null);
    const { payments, deadLetters } = await keptIn();
    assert.equal([payments.toSorted(), deadLetters], posted);
  }
});

// What is in the files of the data directory.
const files = (): [string, string][] =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .toSorted()
    .map((path) => [path, hash("sha256", readFileSync(path))]);

test("comes at once where the data directory is in use, in one line, and before anything is touched", async () => {
  const runner = await listening("--data", directory);
  assert.equal([await post(runner.url, paid(1)), await post(runner.url, invalid(2))], ["applied", "dead-letter"]);
  const before = files();
  const second = run("--data", directory);
  const code = await second.code;
  assert.equal(files(), before);
  interrupt(runner);
  await runner.code;
  const line = `The data directory ${directory} is in use by another process: end that one, or give another directory\n`;
  assert.equal([code, second.stdout(), second.stderr()], [2, "", line]);
});

test.run();
