import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { play } from "../../local/play.ts";
import { openSession } from "../../local/session.ts";
import { sampleEvent, sampleInvoice } from "../../samples/stripe-objects.ts";
import { captured } from "../helpers/captured.ts";
import { type Running, startRunning } from "../helpers/running.ts";

const test = suite("the events that are played");

let directory: string;
let running: Running;
test.before(async () => {
  directory = mkdtempSync(join(tmpdir(), "homebiyori-"));
  running = await startRunning();
});
test.after(async () => {
  await running.stop();
  rmSync(directory, { recursive: true });
});

const paid = (number: number, more = {}) => {
  const invoice = sampleInvoice({ id: `in_${number}`, amount: 1, created: 1, paidAt: 1, start: 1, end: 2 });
  return sampleEvent(`evt_${number}`, "invoice.paid", 1, { ...invoice, customer: `cus_${number % 5}`, ...more });
};

test("get users only as they begin, so that progress shows from the first", async () => {
  const file = join(directory, "events.json");
  const details = { subscription: "sub_1", metadata: { user_id: "hanako" } };
  const named = { parent: { type: "subscription_details", subscription_details: details } };
  writeFileSync(file, JSON.stringify([...Array.from({ length: 5 }, (_, number) => paid(number)), paid(5, named)]));
  const session = openSession(running, {});
  const usersAfter = async (isCut: () => boolean): Promise<string[]> => {
    await captured(() => play(session, { events: [file] }, isCut));
    const { core } = await running.dump();
    return core.flatMap(({ SK, user_id: user }) => (SK === "SUBSCRIPTION" ? [`${user}`] : [])).toSorted();
  };
  assert.equal(await usersAfter(() => true), []);
  const placeholders = [1, 2, 3, 4].map((number) => `user_cus_${number}`);
  assert.equal(await usersAfter(() => false), ["hanako", ...placeholders]);
  assert.match(await session.summary(), "4 customers got a placeholder user");
});

test.run();
