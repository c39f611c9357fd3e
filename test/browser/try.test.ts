import type { Page } from "playwright-core";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { toEnvelope } from "../../local/stripe-envelope.ts";
import { sampleOf } from "../../samples/events.ts";
import { subjectOf } from "../../samples/month.ts";
import { audit } from "../helpers/browser.ts";
import { browserSuite } from "../helpers/browser-suite.ts";

const test = suite("the page on which things are tried, in a browser");

const yesterday = Math.floor(Date.now() / 1000) - 86_400;

const { served, open } = browserSuite(test, async (console) => {
  // Stripe has it, and no event has told of it.
  const { event } = sampleOf("invoice.paid", subjectOf("lost", yesterday));
  console.session.lose(toEnvelope(event, console.session.arrival));
});

const send = async (page: Page, type: string, manner: string, name: string): Promise<void> => {
  const form = page.getByRole("region", { name: "Send a sample event" });
  await form.getByRole("combobox", { name: "Type" }).selectOption(type);
  await form.getByRole("combobox", { name: "Send it" }).selectOption({ label: manner });
  await form.getByLabel("Name").fill(name);
  await form.getByRole("button", { name: "Send" }).click();
  await page.waitForURL("**/try#send");
};

// The words of what was sent last, once all of it is handled.
const outcomes = async (page: Page): Promise<string[]> => {
  const row = page.getByRole("region", { name: "What was sent" }).locator("tbody tr").first();
  while ((await row.textContent())?.includes("running")) await page.reload();
  const words = await row.locator(".badge").allTextContents();
  return words.map((word) => word.replace(/^\s*\S+\s+/, "").trim());
};

const paymentsOf = async (invoiceId: string) =>
  (await served().dump()).payments.filter(({ PK }) => PK === `INVOICE#${invoiceId}`);

test("sends a sample event twice, whose row is there then, and links to it", async () => {
  const page = await open("/try");
  await send(page, "invoice.paid", "twice, with the same id", "in_browser");
  assert.equal(await outcomes(page), ["applied", "duplicate"]);
  const [row, ...others] = (await served().dump()).payments.filter((payment) =>
    `${payment["user_id"]}`.includes("in_browser"),
  );
  assert.is(row?.["status"], "succeeded");
  assert.equal(others, []);
  const link = page.locator("#sent a").first();
  const eventId = `${await link.textContent()}`;
  await link.click();
  await page.waitForURL(`**/events/${eventId}`);
});

test("sends malformed events, and shows what is in them as text", async () => {
  const page = await open("/try");
  await send(page, "invoice.paid", "HTML and control characters in its id and fields", "bad");
  assert.equal(await outcomes(page), ["dead-letter"]);
  await page.locator("#sent a").filter({ hasText: "<script>alert(1)</script>" }).waitFor();
  await send(page, "invoice.paid", "no id", "bad");
  assert.equal(await outcomes(page), ["not an event"]);
  assert.is((await served().dump()).deadLetters.length, 1);
});

test("turns a fault on, which events meet, and off", async () => {
  const page = await open("/try");
  const form = page.getByRole("region", { name: "Inject faults" });
  await form.getByRole("combobox", { name: "Fault" }).selectOption("lambda throws");
  await form.getByLabel("Only at").fill("dev-homebiyori-write-payment");
  await form.getByRole("button", { name: "Turn on" }).click();
  await page.waitForURL("**/try#faults");
  await page.getByRole("cell", { name: "dev-homebiyori-write-payment" }).waitFor();
  await send(page, "invoice.paid", "once", "faulty");
  assert.equal(await outcomes(page), ["dead-letter"]);
  assert.equal(await audit(page), []);
  await page.getByRole("button", { name: "Turn off lambda throws" }).click();
  await page.getByText("No fault is on.").waitFor();
  await send(page, "invoice.paid", "once", "faulty");
  assert.equal(await outcomes(page), ["applied"]);
});

test("says why it refuses a fault, and keeps those that are on", async () => {
  const page = await open("/try");
  const form = page.getByRole("region", { name: "Inject faults" });
  await form.getByLabel("Probability").fill("2");
  await form.getByRole("button", { name: "Turn on" }).click();
  await page.getByRole("alert").filter({ hasText: "faults.0.probability is 2" }).waitFor();
  await page.getByText("No fault is on.").waitFor();
});

test("reconciles: what no event told of is shown, and healed", async () => {
  const page = await open("/try");
  const form = page.getByRole("region", { name: "Reconcile with Stripe" });
  for (const [mode, isThere] of [
    ["compare only", 0],
    ["compare and heal", 1],
  ] as const) {
    await form.getByRole("combobox", { name: "Do" }).selectOption({ label: mode });
    await form.getByRole("button", { name: "Start" }).click();
    await page.waitForURL("**/try#reconcile");
    // It waits between two pages of Stripe's lists.
    await served().executions.idle();
    const run = form.getByRole("article").first();
    // The part is read anew every second.
    await run.locator(".badge").filter({ hasText: "reconciled" }).waitFor();
    const difference = run.getByRole("row").filter({ hasText: "in_lost" });
    await difference.waitFor();
    assert.is((await paymentsOf("in_lost")).length, isThere, mode);
  }
  assert.equal(await audit(page), []);
});

test.run();
