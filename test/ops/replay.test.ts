import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { sampleEvent, sampleInvoice } from "../../samples/stripe-objects.ts";
import { type ReplayOptions, replayRule } from "../../ops/replay/replay-rule.ts";
import { captured } from "../helpers/captured.ts";
import { npx, outputs, runCommand, spawnCommand, withoutCredentials } from "../helpers/command.ts";
import { gatedClock } from "../helpers/gated-clock.ts";
import { rejects } from "../helpers/rejects.ts";
import { type Serving, startServing } from "../helpers/serving.ts";

const test = suite("npm run replay");

const { clock, close, open } = gatedClock();
const rule = "payment-succeeded-rule";

let serving: Serving;
const replayed: string[] = [];
let directory: string;
test.before(async () => {
  directory = mkdtempSync(join(tmpdir(), "homebiyori-"));
  serving = await startServing({
    clock,
    onReplayed: ({ eventId, outcome, again }) => void replayed.push(`${eventId} ${outcome} ${again}`),
  });
});
test.after(async () => {
  await serving.stop();
  rmSync(directory, { recursive: true });
});

const run = (args: string[], env?: NodeJS.ProcessEnv) => runCommand("replay", args, env);

const replay = async (more: Partial<ReplayOptions> = {}, signal = new AbortController().signal) => {
  const window = { from: new Date(0), to: new Date() };
  const options = { local: serving.url, dryRun: false, rule, ...window, ...more };
  const { result: code, logs } = await captured(() => replayRule(options, signal));
  return { code, said: logs.join("\n") };
};

const paid = (id: string, created: number, type = "invoice.payment_succeeded") => {
  const invoice = { id: `in_${id}`, customer: `cus_${id}`, amount: 1, created, paidAt: created, start: 1, end: 2 };
  return serving.envelope(sampleEvent(`evt_${id}`, type, created, sampleInvoice(invoice)));
};

const handle = async (id: string, created: number, type?: string): Promise<void> => {
  const event = paid(id, created, type);
  await serving.addPlaceholderUsers([event]);
  assert.is((await serving.take(event)).outcome, "applied");
};

const at = (seconds: number): Date => new Date(1000 * seconds);

test("has a help with all of its options", async () => {
  const { stdout, code } = await run(["--help"]);
  assert.is(code, 0);
  for (const option of ["stack", "local", "dry-run", "rule", "from", "to"]) assert.match(stdout, `--${option}`);
});

test("refuses invalid options, and says what is valid", async () => {
  const cases: [string[], string][] = [
    [["--local", "--from", "6h"], "required option '--rule <name>' not specified"],
    [["--local", "--rule", rule], "required option '--from <time>' not specified"],
    [["--rule", rule, "--from", "6h"], "say which stack to work on, by --stack <name> or --local"],
    [["--local", "--rule", rule, "--from", "yesterday"], "expected a time such as 90m"],
  ];
  const results = await Promise.all(cases.map(([args]) => run(args)));
  for (const [index, [, message]] of cases.entries()) {
    assert.is(results[index]?.code, 2, message);
    assert.match(`${results[index]?.stderr}`, message);
  }
});

test("brings back what was lost, and changes nothing where nothing was", async () => {
  await handle("kept", 100);
  await handle("of-another-type", 101, "invoice.paid");
  const lost = paid("lost", 101);
  const { deadLetters } = serving;
  assert.is((await serving.take(lost)).outcome, "dead-letter");
  // As when the queue had refused it.
  deadLetters.messages.length = 0;
  await serving.addPlaceholderUsers([lost]);
  const { core, payments } = await serving.dump();

  const { code, said } = await replay({ from: at(100), to: at(102) });
  assert.is(code, 0);
  assert.equal(replayed.toSorted(), ["evt_kept duplicate replayed", "evt_lost applied replayed"]);
  assert.match(said, /Started as dev-homebiyori-stripe-events-\w+\.\n/);
  assert.match(said, /COMPLETED, up to 1970-01-01T00:01:41Z\nAll of the window was replayed\. /);
  assert.match(
    said,
    `What failed again is in the dead-letter queue: npm run redrive -- --dry-run --local ${serving.url}`,
  );
  const after = await serving.dump();
  const link = { PK: "USER#user_cus_lost", SK: "CUSTOMER#cus_lost", customer_id: "cus_lost", user_id: "user_cus_lost" };
  assert.equal(
    after.core.filter(({ PK, SK }) => PK !== link.PK || SK !== link.SK),
    core,
  );
  assert.is(after.core.length, core.length + 1);
  assert.equal(
    after.payments.filter(({ PK }) => PK !== "INVOICE#in_lost"),
    payments,
  );
  assert.is(after.payments.length, payments.length + 1);

  assert.is((await replay({ from: at(100), to: at(102) })).code, 0);
  assert.equal(await serving.dump(), after);
});

test("puts what fails again into the dead-letter queue", async () => {
  const { deadLetters } = serving;
  await serving.take(paid("unmatched", 200));
  deadLetters.messages.length = 0;
  assert.is((await replay({ from: at(200), to: at(201) })).code, 0);
  assert.is(JSON.parse(`${deadLetters.messages[0]?.body}`).event.detail.id, "evt_unmatched");
});

test("prints its plan in a dry run, and starts nothing", async () => {
  const replays = serving.replays.all.size;
  const { code, said } = await replay({ from: at(100), to: at(102), dryRun: true });
  assert.equal([code, serving.replays.all.size], [0, replays]);
  assert.match(
    said,
    /archive +dev-homebiyori-stripe-events, ENABLED; keeps events for 30 days, and holds about \d+ \(\d+ bytes\)/,
  );
  assert.match(said, "from 1970-01-01T00:01:40Z until before 1970-01-01T00:01:42Z");
  assert.match(said, "payment-succeeded-rule, which takes invoice.payment_succeeded and nothing else");
  assert.match(said, `starts   ${serving.stack.stateMachines["payment-succeeded"]}`);
});

test("says that the archive holds nothing of the window", async () => {
  const { code, said } = await replay({ from: at(1), to: at(2) });
  assert.is(code, 0);
  assert.match(said, "COMPLETED, nothing yet\nThe archive holds no event of this window.");
});

test("refuses a rule that the archive cannot be replayed to, and names the others", async () => {
  for (const name of ["forward-rule", "payment-succeeded"]) {
    const { message } = await rejects(replay({ rule: name }));
    assert.match(
      message,
      `The archive cannot be replayed to a rule ${name}. Rules of this stack: payment-succeeded-rule, `,
    );
  }
});

test("refuses a window that the archive can hold nothing of", async () => {
  const day = 24 * 3600;
  const now = Date.now() / 1000;
  const windows: [number, number, string][] = [
    [now - day, now - 2 * day, "must be before --to"],
    [now - day, now + 3600, "is in the future"],
  ];
  for (const [from, to, message] of windows)
    assert.match((await rejects(replay({ from: at(from), to: at(to) }))).message, message);
});

const onStack = { AWS_ACCESS_KEY_ID: "x", AWS_SECRET_ACCESS_KEY: "x" };

test("refuses a window before the retention of a stack's archive", async () => {
  const env = { ...npx(directory, outputs(serving.stack)), ...onStack, AWS_ENDPOINT_URL: serving.url };
  const { code, stderr, stdout } = await run(["--stack", "prod", "--rule", rule, "--from", "62d", "--to", "61d"], env);
  assert.equal([code, stdout], [2, ""]);
  assert.match(stderr, /^The archive can hold no event from before 20/);
});

test("says that there are no credentials", async () => {
  const env = npx(directory, outputs(serving.stack));
  const { code, stderr } = await run(["--stack", "prod", "--rule", rule, "--from", "6h"], env);
  assert.is(code, 2);
  assert.match(stderr, "There are no AWS credentials in this shell: ");
});

// A command that fails to cancel is not waited for.
const nextCancel = (): Promise<unknown> => {
  const cancel = serving.replays.cancel.bind(serving.replays);
  const cancelled = new Promise<void>((done) => {
    serving.replays.cancel = (one) => {
      cancel(one);
      serving.replays.cancel = cancel;
      done();
    };
  });
  return Promise.race([cancelled, delay(20_000, undefined, { ref: false })]);
};

test("cancels the replay on Ctrl-C, says from where to go on, and can be run again", async () => {
  for (let n = 0; n < 20; n += 1) await handle(`cancel${n}`, 600 + 6 * n);
  close();
  const args = ["--local", serving.url, "--rule", rule, "--from", at(600).toISOString(), "--to", at(720).toISOString()];
  const child = spawnCommand("replay", args);
  const ended = once(child, "exit");
  const stderr = text(child.stderr);
  await new Promise<void>((done) => {
    child.stdout.on("data", (chunk) => `${chunk}`.includes("Started as") && done());
    child.on("exit", done);
  });
  const cancelled = nextCancel();
  child.kill("SIGINT");
  await cancelled;
  open();
  assert.equal(await ended, [130, null]);
  assert.match(await stderr, "The replay is cancelled; it can be started again. Press Ctrl-C again to stop at once.");
  assert.match(await stderr, "The replay CANCELLED. For the rest: --from 1970-01-01T00:10:00Z");
  assert.is((await replay({ from: at(600), to: at(720) })).code, 0);
});

// As on a terminal, where it shows a bar with the line wrap off.
const onTerminal = {
  ...withoutCredentials,
  NODE_OPTIONS: "--import=data:text/javascript,process.stderr.isTTY=true",
};

for (const signals of [["SIGINT"], ["SIGTERM"], ["SIGINT", "SIGINT"], ["SIGTERM", "SIGTERM"]] as const) {
  test(`leaves the terminal with its cursor and its line wrap on when ended by ${signals.join(" and ")}`, async () => {
    await handle(`shown_${signals.join("_")}`, 900);
    close();
    const args = [
      "--local",
      serving.url,
      "--rule",
      rule,
      "--from",
      at(900).toISOString(),
      "--to",
      at(960).toISOString(),
    ];
    const child = spawnCommand("replay", args, onTerminal);
    const ended = once(child, "exit");
    let stderr = "";
    const says = (what: string) =>
      new Promise<void>((done) => {
        const look = () => stderr.includes(what) && done();
        child.stderr.on("data", look).on("close", done);
        look();
      });
    child.stderr.on("data", (chunk) => (stderr += `${chunk}`));
    const closed = once(child.stderr, "close");
    await says("\u001b[?7l");
    const cancelled = nextCancel();
    for (const signal of signals) {
      child.kill(signal);
      await says("Press Ctrl-C again to stop at once.");
    }
    // Only a second signal does not wait for the events that have started.
    await (signals.length > 1 ? ended : cancelled);
    open();
    assert.equal(await ended, [130, null]);
    await closed;
    assert.ok(stderr.lastIndexOf("\u001b[?7h") > stderr.lastIndexOf("\u001b[?7l"), JSON.stringify(stderr));
    assert.ok(stderr.lastIndexOf("\u001b[?25h") >= stderr.lastIndexOf("\u001b[?25l"), JSON.stringify(stderr));
  });
}

test("starts nothing when its signal is aborted before it has begun", async () => {
  const replays = serving.replays.all.size;
  assert.is((await replay({}, AbortSignal.abort())).code, 130);
  assert.is(serving.replays.all.size, replays);
});

test("says how to watch a replay that it cannot watch itself, and that it goes on", async () => {
  const { all } = serving.replays;
  // As when it is gone from AWS, or may not be looked at.
  Object.assign(all, { get: () => undefined });
  const { code, said } = await replay({ from: at(1), to: at(2) });
  Reflect.deleteProperty(all, "get");
  assert.is(code, 1);
  assert.match(said, /AWS answers ResourceNotFoundException: Replay \S+ does not exist\.\nThe replay goes on\. /);
  assert.match(said, /aws events describe-replay --replay-name \S+ --region ap-northeast-1 --endpoint-url http/);
});

test.run();
