import { spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { stripVTControlCharacters } from "node:util";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { sampleEvent, sampleInvoice } from "../../samples/stripe-objects.ts";
import { type Options, start } from "../../local/start.ts";
import type { Stack } from "../../ops/command/stack.ts";
import { captured } from "../helpers/captured.ts";
import { person, personalIn, planted, secrets, secretsIn } from "../helpers/planted.ts";
import { rejects } from "../helpers/rejects.ts";

const test = suite("npm start");

let directory: string;
test.before(() => {
  directory = mkdtempSync(join(tmpdir(), "homebiyori-"));
});
test.after(() => rmSync(directory, { recursive: true }));

const main = join(import.meta.dirname, "../../local/main.ts");

const spawnMain = (args: string[], env: Record<string, string> = {}) =>
  spawn(process.execPath, [main, ...args], { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...env } });

const run = async (...args: string[]) => {
  const child = spawnMain(args);
  const [stdout, stderr, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise((done) => child.on("exit", done)),
  ]);
  return { stdout: stripVTControlCharacters(stdout), stderr: stripVTControlCharacters(stderr), code };
};

const startHere = (options: Partial<Options>) => start({ stack: "dev", port: 0, exit: true, ...options });

// The same in this process, which has loaded most of it already.
const runHere = async (options: Partial<Options>) => {
  const { result, logs } = await captured(() => startHere(options));
  return { said: stripVTControlCharacters(logs.join("\n")), code: result };
};

const fileOf = (name: string, content: unknown): string => {
  const path = join(directory, name);
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
};

const paid = (id: string, customer: string, more = {}) => {
  const invoice = sampleInvoice({ id: `in_${id}`, customer, amount: 580, created: 1, paidAt: 1, start: 1, end: 2 });
  return sampleEvent(`evt_${id}`, "invoice.payment_succeeded", 1, { ...invoice, ...more });
};

test("plays the events of the sample subscription, shows its rows, and ends with 0", async () => {
  const { stdout, code } = await run("--exit");
  assert.is(code, 0);
  for (const title of ["A trial begins", "The renewal fails", "The cancellation is scheduled", "canceled at once"]) {
    assert.match(stdout, title);
  }
  const line =
    /^evt_life_07 +invoice\.payment_failed +applied +[\d.]+ m?s +ResolveCustomer > IsItForUs > WritePayment > HasAnythingChanged > PublishChanges > MarkPublished > Recorded\n {2}payments INVOICE#in_life_3 (FAILED#\d{10}#1)\n {2}→ PaymentFailed payment\/in_life_3\/\1 version 1$/m;
  assert.match(stdout, line);
  assert.match(stdout, /user_cus_sample +canceled +yearly +[-\d: ]+ sub_sample/);
  assert.match(stdout, /^evt_life_11 +customer\.subscription\.updated +lost on its way, on purpose$/m);
  const healing = /^sub_sample +heal-subscription +healed +[\d.]+ s .*\n {2}core USER#user_cus_sample SUBSCRIPTION$/m;
  assert.match(stdout, healing);
  assert.match(
    stdout,
    /^22 events in .*: 20 applied, 2 duplicate\nIn the background: 1 healed\nPublished: 8 SubscriptionChanged, /m,
  );
});

test("prints one JSON object per event, and dumps all it has", async () => {
  const events = fileOf("events.json", {
    events: [paid("a", "cus_a"), paid("a", "cus_a"), { ...paid("b", "cus_b"), type: "thing.made_up" }],
  });
  const dump = join(directory, "dump.json");
  const { stdout, stderr, code } = await run("--events", events, "--exit", "--json", "--dump", dump);
  const lines = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  assert.equal(lines.map(({ eventId, outcome }) => `${eventId} ${outcome}`).toSorted(), [
    "evt_a applied",
    "evt_a duplicate",
    "evt_b unmatched",
  ]);
  for (const line of lines) {
    assert.equal(Object.keys(line), [
      "eventId",
      "type",
      "customerId",
      "userId",
      "outcome",
      "states",
      "retries",
      "written",
      "published",
      "error",
      "ms",
    ]);
  }
  assert.is(code, 0);
  for (const said of [/^3 events in [\d.]+ s: /, "1 applied", "1 duplicate", "1 unmatched"]) assert.match(stderr, said);
  assert.match(stderr, "2 customers got a placeholder user, user_<customer id>");
  const { core, payments, deadLetters } = JSON.parse(readFileSync(dump, "utf8"));
  const userOf = (customer: string) => ({
    PK: `USER#user_${customer}`,
    SK: "SUBSCRIPTION",
    user_id: `user_${customer}`,
    customer_id: customer,
  });
  const link = { ...userOf("cus_a"), SK: "CUSTOMER#cus_a" };
  assert.equal(core, [link, userOf("cus_a"), userOf("cus_b")]);
  assert.equal([payments.length, payments[0].payment_id, deadLetters], [1, "in_a", []]);
});

test("ends with 1 when an event was dead-lettered, and shows which alarms go off", async () => {
  const events = fileOf("bad.json", paid("bad", "cus_bad", { amount_paid: -1 }));
  const { said, code } = await runHere({ events: [events] });
  assert.is(code, 1);
  assert.match(said, /dead-letter .*\n.*\n {2}InvalidEvent: detail\.data\.object\.amount_paid/);
  assert.match(
    said,
    /^Dead letters \(1\)\n {4}1 {2}payment-succeeded {2}InvalidEvent .*\n {7}detail\.data\.object\.amount_paid.*\n {7}evt_bad\n {2}To redrive them: npm start without --exit, and npm run redrive -- --local$/m,
  );
  const alarm = "dev-homebiyori-payment-succeeded-failed";
  assert.match(said, `ALARM ${alarm}: Sum of ExecutionsFailed in 5 min: 1 (goes off at 1)`);
  assert.match(said, `ALARM dev-homebiyori-failing-machines: ${alarm}`);
  assert.match(said, "ALARM dev-homebiyori-page: dev-homebiyori-failing-machines");
  const last = "dev-homebiyori-failing-machines\n  dev-homebiyori-page";
  assert.match(said, new RegExp(`^In alarm:\n(  .*\n)*  ${alarm}\n  ${last}$`, "m"));
});

test("shows how often an event was retried, by EventBridge and by its state machine", async () => {
  const faults = fileOf("retried-faults.json", {
    seed: 3,
    faults: [
      { hop: "delivery", kind: "fails", probability: 0.5 },
      { hop: "lambda", kind: "throttled", probability: 0.5 },
    ],
  });
  const events = Array.from({ length: 8 }, (_, number) => paid(`retried_${number}`, "cus_retried"));
  const { said } = await runHere({ events: [fileOf("retried.json", events)], faults, json: true });
  const outcomes = [...said.matchAll(/^\{.*\}$/gm)].map(([line]) => JSON.parse(line));
  const retries = new Set(outcomes.map((outcome) => outcome.retries));
  assert.ok(outcomes.length === 8 && retries.size > 2, said);
});

test("counts the kept dead letters of an earlier run in its alarms as in its list, though that run skipped waits", async () => {
  const data = join(directory, "restarted");
  const faults = fileOf("late.json", { seed: 1, faults: [{ hop: "delivery", kind: "late", probability: 1 }] });
  const events = ["one", "two", "three"].map((id) => paid(id, "cus_kept", { amount_paid: -1 }));
  await runHere({ events: [fileOf("kept.json", events)], faults, data });
  const { said } = await runHere({ events: [fileOf("nothing.json", [])], data });
  assert.match(said, "Dead letters (3)");
  assert.match(said, /ALARM dev-homebiyori-dead-letter-queue-not-empty: Maximum of .* in 5 min: 3 /);
});

test("ends with 2 when something could not be read, names it, and takes the rest", async () => {
  const noEvent = fileOf("no-event.json", [{ type: "x" }, paid("rest", "cus_rest")]);
  const noJson = fileOf("no-json.json", "{");
  const nowhere = join(directory, "nowhere.json");
  const { said, code } = await runHere({ events: [noJson, noEvent, nowhere], json: true });
  assert.is(code, 2);
  assert.match(said, "no-json.json: ");
  assert.match(said, "no-event.json[0]: expected a Stripe event with an id and a type");
  assert.match(said, /Could not be read: there is no file .*nowhere\.json/);
  assert.match(said, '"outcome":"applied"');
});

test("takes users from a file, or none", async () => {
  const events = fileOf("seeded.json", paid("seeded", "cus_seeded"));
  const items = fileOf("items.json", [{ PK: "USER#hanako", SK: "SUBSCRIPTION", customer_id: "cus_seeded" }]);
  const dump = join(directory, "seeded-dump.json");
  await runHere({ events: [events], items, dump });
  assert.is(JSON.parse(readFileSync(dump, "utf8")).payments[0].user_id, "hanako");
  const unseeded = await runHere({ events: [events], items: false, json: true });
  assert.is(unseeded.code, 1);
  assert.match(unseeded.said, '"name":"CustomerNotFound"');
  const wrong = fileOf("wrong.json", [{ PK: "USER#x" }]);
  assert.match((await rejects(startHere({ items: wrong }))).message, /^--items: .*wrong\.json, at 0\.SK: /);
});

test("takes what Stripe has from a file, and asks a sandbox only by its own key", async () => {
  const wrong = fileOf("stripe.json", { subscriptions: [{ id: 5 }], invoices: [] });
  assert.match(
    (await rejects(startHere({ stripe: wrong }))).message,
    /^--stripe: .*stripe\.json, at subscriptions\.0\.id: /,
  );
  const missing = join(directory, "no-stripe.json");
  assert.match((await rejects(startHere({ stripe: missing }))).message, /^--stripe: ENOENT/);
  const right = fileOf("stripe-empty.json", { subscriptions: [], invoices: [] });
  assert.is((await runHere({ events: [], stripe: right })).code, 0);
  const child = spawnMain(["--empty", "--exit", "--stripe", "api"], { STRIPE_API_KEY: "rk_live_of_others" });
  const [stderr, code] = await Promise.all([text(child.stderr), new Promise((done) => child.on("exit", done))]);
  assert.is(code, 2);
  assert.match(stderr, /^--stripe api: STRIPE_API_KEY is a live key: /);
  assert.not.match(stderr, "rk_live_of_others");
});

test("ends where what it has to say cannot be written, and says why", async () => {
  const events = fileOf("none.json", []);
  const dump = join(directory, "missing", "dump.json");
  const started = captured(() => startHere({ events: [events], dump }));
  assert.match((await rejects(started)).message, "--dump: ENOENT");
});

test("finishes its work and ends after its stdout was closed", async () => {
  const dump = join(directory, "unread-dump.json");
  const some = fileOf("some.json", [paid("c", "cus_c"), paid("d", "cus_d")]);
  const child = spawnMain(["--events", some, "--port", "0", "--json", "--dump", dump]);
  child.stdout.destroy();
  const [trouble, code] = await Promise.all([text(child.stderr), new Promise((done) => child.on("exit", done))]);
  assert.is(code, 0);
  assert.not.match(trouble, "EPIPE");
  assert.is(JSON.parse(readFileSync(dump, "utf8")).payments.length, 2);
});

test("refuses a port that is in use before it plays anything", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  const { port } = Object(other.address());
  const { result, logs } = await captured(() => rejects(startHere({ port, exit: false })));
  other.close();
  assert.match(
    result.message,
    `Port ${port} is in use, perhaps by another npm start: end that, or say --port <number>`,
  );
  assert.equal(logs, []);
});

test("says which file there is not, and shows no empty tables then", async () => {
  const { said, code } = await runHere({ events: [join(directory, "nowhere.json")] });
  assert.is(code, 2);
  assert.match(said, /^Could not be read: there is no file .*nowhere\.json$/);
});

test("says which faults were not injected, and counts only users that no event names", async () => {
  const faults = fileOf("faults.json", {
    seed: 1,
    faults: [
      { hop: "lambda", kind: "slow", probability: 1 },
      { hop: "queue", kind: "refuses", events: ["evt_none"] },
      { hop: "dynamodb", kind: "throttles", probability: 1 },
    ],
  });
  const details = { subscription: "sub_1", metadata: { user_id: "hanako" } };
  const named = paid("named", "cus_named", { parent: { type: "subscription_details", subscription_details: details } });
  const { said } = await runHere({ events: [fileOf("named.json", named)], faults });
  assert.match(said, /^1 event in .*\n(.*\n)*Fault 2 \(queue refuses\) was never injected$/m);
  assert.not.match(said, /Fault [13]|placeholder/);
});

test("refuses an option or a stack that does not exist", async () => {
  const [option, stack, data] = await Promise.all([
    run("--event", "x"),
    run("--stack", "staging", "--exit"),
    run("--data", ""),
  ]);
  const forgotten = await run("--data", "--exit");
  assert.is(forgotten.code, 2);
  assert.match(forgotten.stderr, "option '--data <directory>' needs a value before '--exit'");
  assert.is(option.code, 2);
  assert.match(option.stderr, "unknown option '--event'");
  assert.is(stack.code, 2);
  assert.is(stack.stderr.trim(), "There is no stack staging: Pulumi.staging.yaml does not exist");
  assert.is(data.code, 2);
  assert.match(data.stderr, "expected the path of a directory");
});

test("lists all of its options in its help", async () => {
  const { stdout, code } = await run("--help");
  assert.is(code, 0);
  for (const option of [
    "--events",
    "--exit",
    "--json",
    "--dump",
    "--items",
    "--no-items",
    "--stack",
    "--keep-source",
    "--port",
    "--data",
    "--dynamodb",
    "--stripe",
  ]) {
    assert.match(stdout, option);
  }
  for (const exitCode of [0, 1, 2, 130]) assert.match(stdout, new RegExp(`^  ${exitCode} +\\w`, "m"));
  // A flag is not given unless it is.
  assert.not.match(stdout, /default: (true|false)/);
});

test("listens until it is interrupted, answers with an event's outcome, and prints no secret and no personal data", async () => {
  const child = spawnMain(
    ["--events", fileOf("before.json", `{"name": ${person["name"]}}`), "--port", "0", "--json"],
    secrets,
  );
  const said: string[] = [];
  const url = await new Promise<string>((done) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk) => {
        said.push(`${chunk}`);
        const [found] = /http:\/\/127\.0\.0\.1:\d+/.exec(`${chunk}`) ?? [];
        if (found) done(found);
      });
    }
  });
  const post = async (path: string, body: string, more: Record<string, string> = {}) => {
    const headers = { "content-type": "application/json", ...more };
    const response = await fetch(`${url}${path}`, { method: "POST", body, headers });
    const answer = await response.text();
    said.push(answer);
    return [response.status, Object(JSON.parse(answer)).outcome];
  };
  const body = JSON.stringify(paid("posted", "cus_posted", planted({})));
  assert.equal(await post("/events", body), [202, "applied"]);
  assert.equal(await post("/webhook", body, signed(body)), [200, "duplicate"]);
  assert.equal(await post("/webhook", body, signed(`${body} `)), [400, undefined]);
  assert.equal(await post("/events", `${body}${person["name"]}`), [400, undefined]);
  assert.equal(await post("/events", JSON.stringify({ type: "x", ...person })), [400, undefined]);
  const wrong = paid("wrong", "cus_posted", planted({ amount_paid: person["email"] }));
  assert.equal(await post("/events", JSON.stringify(wrong)), [202, "dead-letter"]);
  const stack = await (await fetch(`${url}/stack`)).text();
  said.push(stack);
  await comeAgain(url, JSON.parse(stack) as Stack, wrong);
  while (!said.join("").includes('"again":"replayed"')) await once(child.stdout, "data");
  assert.match(said.join(""), /"eventId":"evt_wrong".*"outcome":"dead-letter".*"again":"redriven"/);
  const ended = new Promise((done) => child.on("exit", done));
  child.kill("SIGINT");
  assert.is(await ended, 2);
  const all = said.join("");
  for (const told of [
    "before.json: This is not valid JSON",
    "evt_posted",
    "the signature is not that",
    "amount_paid",
  ]) {
    assert.match(all, told);
  }
  assert.equal([secretsIn(all), personalIn(all)], [[], []]);
});

// An operator redrives an event, and replays all that there was.
const comeAgain = async (url: string, stack: Stack, event: object): Promise<void> => {
  const call = async (target: string, input: object) => {
    const init = {
      method: "POST",
      body: JSON.stringify(input),
      headers: { "content-type": "application/json", "x-amz-target": target },
    };
    assert.is((await fetch(url, init)).status, 200, target);
  };
  const stateMachineArn = stack.stateMachines["payment-succeeded"];
  const input = JSON.stringify({ detail: event });
  await call("AWSStepFunctions.StartSyncExecution", { stateMachineArn, name: "redrive-1-evt_wrong", input });
  const window = { EventStartTime: 0, EventEndTime: 2 };
  const whole = { EventSourceArn: stack.archive.arn, Destination: { Arn: stack.bus.arn } };
  await call("AWSEvents.StartReplay", { ReplayName: `${stack.archive.name}-1`, ...whole, ...window });
};

// As Stripe signs what it sends to a webhook.
const signed = (body: string): Record<string, string> => {
  const time = Math.floor(Date.now() / 1000);
  const signature = createHmac("sha256", secrets.STRIPE_WEBHOOK_SECRET).update(`${time}.${body}`).digest("hex");
  return { "stripe-signature": `t=${time},v1=${signature}` };
};

test.run();
