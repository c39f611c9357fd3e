import { suite } from "uvu";
import * as assert from "uvu/assert";
import { bytesOf, largestData } from "../../../emulator/stepfunctions/limits.ts";
import { type Json, sampleEvent, sampleInvoice } from "../../../samples/stripe-objects.ts";
import { padded } from "../../helpers/padded.ts";
import { type Running, startRunning } from "../../helpers/running.ts";

const test = suite("an event that is nearly too large");

let running: Running;
test.before(async () => {
  running = await startRunning();
});
test.after(() => running.stop());

const take = async (id: string, bytes: number, more: Json = {}) => {
  const times = { created: 1, paidAt: 1, start: 1, end: 2 };
  const invoice = sampleInvoice({ id: `in_${id}`, customer: `cus_${id}`, amount: 1, ...times });
  const event = sampleEvent(`evt_${id}`, "invoice.payment_succeeded", 1, { ...invoice, ...more });
  const envelope = padded(running.envelope(event), bytes);
  assert.is(bytesOf(envelope), bytes);
  await running.addPlaceholderUsers([envelope]);
  return running.take(envelope);
};

const letters = async () => (await running.dump()).deadLetters.map(({ body }) => Object(body).event.detail.id);

// So much docs/failures.md says that there must be left.
const room = 2048;

test("is handled, or dead-lettered, as long as there is room for what states add", async () => {
  assert.is((await take("good", largestData - room)).outcome, "applied");
  assert.is((await take("bad", largestData - room, { amount_paid: -1 })).outcome, "dead-letter");
  assert.equal(await letters(), ["evt_bad"]);
});

test("fails without a dead letter when there is not, and is in the archive", async () => {
  const { outcome, error, states, written } = await take("full", largestData);
  assert.equal([outcome, error?.name], ["lost", "States.DataLimitExceeded"]);
  assert.equal([states, written], [["ResolveCustomer"], []]);
  assert.not((await letters()).includes("evt_full"));
  const archived = running.replays.archives.flatMap((archive) => archive.events());
  assert.ok(archived.some(({ json }) => json.includes('"evt_full"')));
});

test("fails so where a failure would be added to it", async () => {
  const { outcome, error, states } = await take("fuller", largestData - 600, { amount_paid: -1 });
  assert.equal([outcome, error?.name, states.at(-1)], ["lost", "States.DataLimitExceeded", "SendToDeadLetterQueue"]);
  assert.not((await letters()).includes("evt_fuller"));
});

test.run();
