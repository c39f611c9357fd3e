import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { sampleEvent } from "../../samples/stripe-objects.ts";

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
  url: string;
  code: Promise<unknown>;
  said: () => string;
}

const optionsOf = (): string[] => ["--events", join(directory, "none.json"), "--port", "0", "--json", "--dump", dump];

// In a process group of its own, as a terminal starts it.
const listening = async (...options: string[]): Promise<Started> => {
  const child = spawn(process.execPath, [main, ...optionsOf(), ...options], {
    stdio: ["ignore", "ignore", "pipe"],
    detached: true,
  });
  const code = once(child, "exit").then(([exitCode]: unknown[]) => exitCode);
  let said = "";
  const url = await new Promise<string>((done) => {
    child.stderr.on("data", (chunk) => {
      said += `${chunk}`;
      const [found] = /http:\/\/127\.0\.0\.1:\d+/.exec(said) ?? [];
      if (found) done(found);
    });
  });
  return { child, url, code, said: () => said };
};

const interrupt = ({ child }: Started): void => {
  process.kill(-Number(child.pid), "SIGINT");
};

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

const headers = { "content-type": "application/json" };

test("by Ctrl-C, which signals all of its processes, writes the dump and is no error", async () => {
  const started = await listening();
  interrupt(started);
  assert.is(await started.code, 0);
  assert.equal(Object.keys(JSON.parse(readFileSync(dump, "utf8"))), ["core", "payments", "deadLetters", "parked"]);
});

test("by Ctrl-C leaves no post without an answer, and makes none a dead letter", async () => {
  const started = await listening();
  const posts = Array.from({ length: 400 }, async (_, number) => {
    const response = await fetch(`${started.url}/events`, {
      method: "POST",
      headers,
      body: JSON.stringify(paid(number)),
    });
    return Object(await response.json()).outcome;
  });
  await Promise.race(posts);
  interrupt(started);
  assert.equal(new Set(await Promise.all(posts)), new Set(["applied"]));
  assert.is(await started.code, 0);
  assert.is(JSON.parse(readFileSync(dump, "utf8")).payments.length, 400);
});

test("by the end of DynamoDB's process is one line and the exit code 2", async () => {
  const started = await listening("--data", directory);
  const child = execFileSync("pgrep", ["-P", `${started.child.pid}`, "-f", "dynamodb/process.ts"], {
    encoding: "utf8",
  });
  process.kill(Number(child), "SIGKILL");
  assert.is(await started.code, 2);
  const line = `DynamoDB's process ended (SIGKILL); what was acknowledged is kept in ${directory}. Start again`;
  assert.is(started.said().trim().split("\n").at(-1), line);
});

test("comes at once where the data directory is in use, in one line", async () => {
  const started = await listening("--data", directory);
  const second = spawn(process.execPath, [main, ...optionsOf(), "--data", directory], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  for (const stream of [second.stdout, second.stderr]) stream.on("data", (chunk) => (said += `${chunk}`));
  const [code] = await once(second, "close");
  interrupt(started);
  await started.code;
  const line = `The data directory ${directory} is in use by another process: end that one, or give another directory\n`;
  assert.equal([code, said], [2, line]);
});

test.run();
