import { suite } from "uvu";
import * as assert from "uvu/assert";
import { VirtualClock } from "../../emulator/time/clock.ts";
import { makeSwitchingClock, type SwitchingClock } from "../../emulator/time/switching-clock.ts";
import { answersOf, serve } from "../../local/serve.ts";
import { type HttpArgs, listen } from "../../local/http/server.ts";
import { openSession, type Session } from "../../local/session.ts";
import { sampleEvent, sampleInvoice } from "../../samples/stripe-objects.ts";
import { captured } from "../helpers/captured.ts";
import { type Running, startRunning } from "../helpers/running.ts";

const test = suite("what npm start serves");

let running: Running;
let session: Session;
let answers: HttpArgs;
test.before(async () => {
  const clock = new VirtualClock();
  running = await startRunning({ clock, items: [{ PK: "USER#u", SK: "SUBSCRIPTION", customer_id: "cus_sample" }] });
  session = openSession(running, { json: true, items: false });
  answers = answersOf(session, running, clock);
});
test.after(() => running.stop());

const event = (id: string) =>
  sampleEvent(
    id,
    "invoice.paid",
    1,
    sampleInvoice({ id: `in_${id}`, amount: 1, created: 1, paidAt: 1, start: 1, end: 2 }),
  );

const putEvents = (detail: object) => {
  const EventBusName = `${Object(running.outputs).bus.name}`;
  const entry = { EventBusName, Source: "homebiyori.stripe.test", DetailType: "invoice.paid" };
  return answers.aws("AWSEvents.PutEvents", { Entries: [{ ...entry, Detail: JSON.stringify(detail) }] });
};

test("takes Stripe's events from PutEvents, answers at once, and prints their outcomes", async () => {
  const { result, logs } = await captured(async () => {
    const answer = await putEvents(event("evt_put"));
    await session.idle();
    return answer;
  });
  assert.equal([result.status, Object(result.body).FailedEntryCount], [200, 0]);
  assert.match(logs.join("\n"), /"eventId":"evt_put".*"outcome":"applied"/);
});

test("refuses what is not an event of Stripe's under AWS's name for it, and says why", async () => {
  const { status, body } = await putEvents({ name: "not an event" });
  assert.is(status, 400);
  assert.equal(body, {
    __type: "ValidationException",
    message: "The runner takes Stripe's events: expected a Stripe event with an id and a type, got an object with name",
  });
});

test("mentions the clock only where it has skipped waits", async () => {
  const server = await listen(0, answers);
  const said = async (clock: SwitchingClock): Promise<string> => {
    const ending = AbortSignal.abort();
    const { logs } = await captured(() =>
      serve({ server, session, runner: running, clock, json: true, ending, drain: async () => {} }),
    );
    return logs.join("\n");
  };
  const clock = makeSwitchingClock();
  await clock.sleep(60_000);
  assert.match(
    await said(clock),
    /^\nThe console: (http:\/\/127\.0\.0\.1:\d+)\/\nListening on \1 for .*\nCtrl-C ends it$/,
  );
  await clock.sleep(600_000);
  assert.match(await said(clock), /\nThe emulator's clock is 11 minutes ahead, as it skipped waits$/);
  server.close();
});

test("reports the outcome of an execution that an operator starts as redriven", async () => {
  const stateMachineArn = `${Object(running.outputs).stateMachines["invoice-paid"]}`;
  const input = JSON.stringify(running.envelope(event("evt_redriven")));
  const start = { stateMachineArn, name: "redrive-1-evt_redriven", input };
  const { result, logs } = await captured(() => answers.aws("AWSStepFunctions.StartSyncExecution", start));
  assert.is(Object(result.body).status, "SUCCEEDED");
  assert.match(logs.join("\n"), /"eventId":"evt_redriven".*"outcome":"applied".*"again":"redriven"/);
});

test.run();
