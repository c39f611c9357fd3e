import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { sampleEvent, sampleInvoice } from "../../samples/stripe-objects.ts";
import { npx, outputs, runCommand, spawnCommand } from "../helpers/command.ts";
import { type Serving, startServing } from "../helpers/serving.ts";

const test = suite("npm run redrive");

let serving: Serving;
let directory: string;
// What an execution waits for, and what is called when it has begun.
let gate: Promise<void> = Promise.resolve();
let begun: () => void = () => {};

test.before(async () => {
  directory = mkdtempSync(join(tmpdir(), "homebiyori-"));
  serving = await startServing({}, (executions) => ({
    ...executions,
    start: async (...args) => {
      begun();
      await gate;
      return executions.start(...args);
    },
  }));
});
test.before.each(() => {
  serving.deadLetters.messages.length = 0;
});
test.after(async () => {
  await serving.stop();
  rmSync(directory, { recursive: true });
});

const run = (args: string[], env?: NodeJS.ProcessEnv) => runCommand("redrive", args, env);

const deadLetter = (id: string): void => {
  const times = { created: 1, paidAt: 1, start: 1, end: 2 };
  const invoice = sampleInvoice({ id: `in_${id}`, customer: `cus_${id}`, amount: 1, ...times });
  const event = serving.envelope(sampleEvent(`evt_${id}`, "invoice.payment_succeeded", 1, invoice));
  const TARGET_ARN = `${serving.stack.stateMachines["payment-succeeded"]}`;
  serving.deadLetters.send(JSON.stringify(event), 1000, { TARGET_ARN, ERROR_CODE: "NO_PERMISSIONS" });
};

test("has a help with all of its options", async () => {
  const { stdout, code } = await run(["--help"]);
  assert.is(code, 0);
  const options = [
    "stack",
    "local",
    "dry-run",
    "show",
    "json",
    "type",
    "error",
    "event",
    "since",
    "max",
    "rate",
    "parked",
  ];
  for (const option of options) assert.match(stdout, `--${option}`);
});

test("refuses invalid options, and says what is valid", async () => {
  const cases: [string[], string][] = [
    [[], "say which stack to work on, by --stack <name> or --local"],
    [["--stack"], "argument missing"],
    [["--stack", "prod", "--local"], "cannot be used with"],
    [["--local", "4400"], "expected a URL such as http://127.0.0.1:4400"],
    [["--local", "--max", "0"], "expected a whole number from 1"],
    [["--local", "--rate", "0"], "expected a number over 0"],
    [["--local", "--since", "yesterday"], "expected a time such as 90m"],
    [["--local", "--since", "5"], "expected a time such as 90m"],
    [["--local", "--since", "2026-02-30"], "expected a time such as 90m"],
    [["--local", "--since", "2026-02-30T12:00:00Z"], "expected a time such as 90m"],
    [["--local", "--since", "2026-02-03T25:00:00Z"], "expected a time such as 90m"],
    [["--stack", "--dry-run"], "expected the name of a stack, such as dev or prod"],
    [["--local", "--type", "--dry-run"], "option '--type <type...>' needs a value before '--dry-run'"],
    [["--local", "--dryrun"], "unknown option '--dryrun'"],
    [["--stack", "prod", "evt_1"], "too many arguments"],
  ];
  for (const [args, message] of cases) {
    const { stderr, code } = await run(args);
    assert.is(code, 2, args.join(" "));
    assert.match(stderr, message);
  }
});

test("lists in a dry run, since a time too", async () => {
  deadLetter("listed");
  const all = await run(["--local", serving.url, "--dry-run"]);
  assert.equal([all.code, all.stderr], [0, ""]);
  assert.match(all.stdout, "evt_listed");
  for (const since of ["2d", "2026-01-31T12:00:00Z"]) {
    const { stdout } = await run(["--local", serving.url, "--dry-run", "--since", since]);
    assert.match(stdout, "1  not selected");
  }
});

test("says that nothing answers", async () => {
  const { stderr, code } = await run(["--local", "http://127.0.0.1:9"]);
  assert.equal([code, stderr], [2, "Nothing answers at http://127.0.0.1:9: run npm start in another terminal"]);
});

test("says that there are no credentials", async () => {
  const { stderr, code } = await run(["--stack", "prod"], npx(directory, outputs(serving.stack)));
  assert.is(code, 2);
  assert.match(stderr, "There are no AWS credentials in this shell: ");
});

test("says what Pulumi says of a stack that does not exist", async () => {
  const env = npx(directory, "echo \"error: no stack named 'prod' found\" >&2; exit 255");
  const { stderr, code } = await run(["--stack", "prod"], env);
  assert.equal([code, stderr], [2, "npx pulumi stack output --json --stack prod: error: no stack named 'prod' found"]);
});

test("says that a stack lacks outputs, or does not answer with JSON", async () => {
  const { parkedQueue: _, ...old } = serving.stack;
  const tooOld = await run(["--stack", "prod"], npx(directory, outputs(old)));
  assert.is(tooOld.code, 2);
  assert.match(
    tooOld.stderr,
    /^stack prod lacks outputs that this command needs \(At path: parkedQueue.*\): redeploy it$/,
  );
  const nothing = await run(["--stack", "prod"], npx(directory, "echo"));
  assert.equal([nothing.code, nothing.stderr], [2, "stack prod did not answer with JSON:"]);
});

test("says that a queue does not exist, before it starts anything", async () => {
  const gone = { ...serving.stack, parkedQueue: { url: `${serving.stack.parkedQueue.url}-gone`, arn: "arn" } };
  const env = {
    ...npx(directory, outputs(gone)),
    AWS_ENDPOINT_URL: serving.url,
    AWS_ACCESS_KEY_ID: "x",
    AWS_SECRET_ACCESS_KEY: "x",
  };
  deadLetter("kept");
  const { stdout, stderr, code } = await run(["--stack", "prod"], env);
  assert.equal(
    [code, stderr, stdout],
    [2, "A queue of the stack does not exist: The specified queue does not exist.", ""],
  );
  assert.equal([serving.deadLetters.messages.length, serving.deadLetters.inFlight(Date.now())], [1, 0]);
});

test("shows, lists and redrives a stack whose endpoint is an IP address, which can have no prefix for Step Functions", async () => {
  const env = {
    ...npx(directory, outputs(serving.stack)),
    AWS_ENDPOINT_URL: serving.url,
    AWS_ACCESS_KEY_ID: "x",
    AWS_SECRET_ACCESS_KEY: "x",
  };
  deadLetter("elsewhere");
  await serving.addPlaceholderUsers(serving.deadLetters.messages.map(({ body }) => JSON.parse(body)));
  const shown = await run(["--stack", "prod", "--show", "evt_elsewhere"], env);
  assert.equal([shown.code, JSON.parse(shown.stdout).detail.id], [0, "evt_elsewhere"]);
  const listed = await run(["--stack", "prod", "--dry-run", "--json"], env);
  assert.equal([listed.code, JSON.parse(listed.stdout).deadLetters[0].eventId], [0, "evt_elsewhere"]);
  const { stdout, stderr, code } = await run(["--stack", "prod"], env);
  assert.equal([code, stderr], [0, ""], stdout);
  assert.equal(serving.deadLetters.messages, []);
});

// Starts a redrive of three dead letters, and returns once the first execution has begun and waits.
const interrupted = async () => {
  const ids = ["first", "second", "third"];
  for (const id of ids) deadLetter(id);
  await serving.addPlaceholderUsers(serving.deadLetters.messages.map(({ body }) => JSON.parse(body)));
  let open = () => {};
  gate = new Promise((done) => {
    open = done;
  });
  const started = new Promise<void>((done) => {
    begun = done;
  });
  const child = spawnCommand("redrive", ["--local", serving.url, "--rate", "0.001"]);
  const ended = new Promise((done) => child.on("exit", (code, signal) => done(code ?? signal)));
  const stdout = text(child.stdout);
  await started;
  return { child, open, ended, stdout };
};

const redriveRest = async () => {
  const { code, stdout } = await run(["--local", serving.url, "--rate", "1000"]);
  assert.is(code, 0);
  assert.equal(serving.deadLetters.messages, []);
  return stdout;
};

test("ends on Ctrl-C once what it has started is done, makes the rest visible again, and can be run again", async () => {
  const { child, open, ended, stdout } = await interrupted();
  const said = new Promise<string>((done) => child.stderr.once("data", (chunk) => done(`${chunk}`)));
  child.kill("SIGINT");
  assert.match(await said, "It ends once what has been started is done");
  open();
  assert.is(await ended, 130);
  assert.match(await stdout, /left +evt_second +payment-succeeded +it was not started/);
  assert.match(await stdout, "1 redriven, 0 failed again, 0 parked, 2 left");
  assert.equal([serving.deadLetters.messages.length, serving.deadLetters.inFlight(Date.now())], [2, 0]);
  assert.match(await redriveRest(), "2 redriven");
});

test("does its work though its output is no longer read", async () => {
  deadLetter("unread");
  await serving.addPlaceholderUsers(serving.deadLetters.messages.map(({ body }) => JSON.parse(body)));
  const child = spawnCommand("redrive", ["--local", serving.url]);
  child.stdout.destroy();
  const stderr = text(child.stderr);
  const code = await new Promise((done) => child.on("exit", done));
  assert.equal([code, await stderr], [0, ""]);
  assert.equal(serving.deadLetters.messages, []);
});

test("loses nothing when it is killed in the middle", async () => {
  const { child, open, ended } = await interrupted();
  child.kill("SIGKILL");
  assert.is(await ended, "SIGKILL");
  open();
  await serving.executions.idle();
  assert.is(serving.deadLetters.messages.length, 3);
  // As after their visibility timeout.
  const letters = serving.deadLetters.messages.splice(0);
  for (const { body, sentAt, attributes } of letters) serving.deadLetters.send(body, sentAt, attributes);
  assert.match(await redriveRest(), "3 redriven");
});

test.run();
