import type { Page } from "playwright-core";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { play } from "../../local/play.ts";
import { sampleOf } from "../../samples/events.ts";
import { malformations } from "../../samples/malformed.ts";
import { subjectOf } from "../../samples/month.ts";
import { audit } from "../helpers/browser.ts";
import { browserSuite } from "../helpers/browser-suite.ts";

const test = suite("the page of one event, in a browser");

const { served, open } = browserSuite(test, async (console) => {
  await play(console.session, {}, () => false);
});

const sample = (type: string, name: string) => sampleOf(type, subjectOf(name, 1_767_225_600)).event;

const openEvent = (eventId: string): Promise<Page> => open(`/events/${encodeURIComponent(eventId)}`);

// What a folded part has in it, once it is unfolded.
const unfold = async (page: Page, title: string): Promise<unknown> => {
  const part = page.locator("details").filter({ hasText: title }).last();
  await part.locator("summary").click();
  return JSON.parse(await part.locator("pre").innerText());
};

test("draws its way through the states that it went through, each of which shows what it was given and returned", async () => {
  const event = sample("invoice.paid", "way");
  const outcome = await served().post(event);
  const page = await openEvent(outcome.eventId);
  const drawn = await page.locator("svg a[href^='#newest-'] .label").allTextContents();
  assert.equal(new Set(drawn), new Set(outcome.states));
  const rows = await page.locator("svg a[href='#changes'] .label").allTextContents();
  assert.equal(rows, outcome.written);
  const published = await page.locator("svg a[href='#published'] .label").allTextContents();
  assert.equal(
    published,
    outcome.published.map(({ type, version }) => `${type} version ${version}`),
  );

  await page.locator("svg a[href='#newest-WritePayment']").click();
  const section = page.locator("section:target");
  await section.getByRole("heading", { name: "WritePayment" }).waitFor();
  await section.getByText("Input").click();
  const input = JSON.parse(await section.locator("pre").first().innerText());
  assert.equal(input.detail, event);
  await section.locator("summary").filter({ hasText: "Log" }).click();
  await section.getByRole("rowheader", { name: "Received" }).waitFor();
});

test("shows Stripe's event as it came, and each row as it is in its table", async () => {
  const event = sample("invoice.paid", "row");
  const outcome = await served().post(event);
  const page = await openEvent(outcome.eventId);
  assert.equal(await unfold(page, "Stripe's event"), event);
  const { payments } = await served().dump();
  const row = payments.find(({ PK }) => PK === "INVOICE#in_row");
  const shown: unknown = await unfold(page, "Whole row");
  assert.equal(Object(shown).amount, row?.["amount"]);
  await page.getByText("The row is new.").waitFor();
  const changes = page.getByRole("region", { name: /^Changes of payments INVOICE#in_row SUCCEEDED/ });
  const cells = changes.getByRole("row").filter({ has: page.getByRole("rowheader", { name: "status", exact: true }) });
  assert.is(await cells.locator("ins").textContent(), "succeeded");
});

test("marks what an event has changed of its row, and what was published of it", async () => {
  const page = await openEvent("evt_life_08");
  const changes = page.getByRole("region", { name: /^Changes of core USER#user_cus_sample SUBSCRIPTION/ });
  const status = changes.getByRole("row").filter({ has: page.getByRole("rowheader", { name: "status", exact: true }) });
  assert.equal(await status.locator("del, ins").allTextContents(), ["active", "past_due"]);
  await page.getByRole("heading", { name: "SubscriptionChanged" }).waitFor();
});

test("shows a failure: the attempts with their errors, and the way to the dead letters", async () => {
  const status = await post("/try/faults", { fault: "lambda throws", at: "dev-homebiyori-write-payment" });
  assert.is(status, 303);
  const outcome = await served().post(sample("invoice.paid", "broken"));
  await post("/try/faults/off", {});
  assert.is(outcome.outcome, "dead-letter");
  const page = await openEvent(outcome.eventId);
  const attempts = page.getByRole("region", { name: /^Attempts of WritePayment/ }).locator("tbody tr");
  assert.is(await attempts.count(), outcome.retries + 1);
  assert.match(`${await attempts.first().textContent()}`, `${outcome.error?.name}`);
  assert.equal(await audit(page), []);
  await page.getByRole("link", { name: /^In the queue/ }).click();
  await page.waitForURL("**/dead-letters");
});

const post = async (path: string, form: Record<string, string>): Promise<number> => {
  const body = new URLSearchParams(form);
  return (await fetch(new URL(path, served().url), { method: "POST", body, redirect: "manual" })).status;
};

test("shows an event that came twice, both times", async () => {
  const event = sample("invoice.paid", "twice");
  await served().post(event);
  const again = await served().post(event);
  const page = await openEvent(again.eventId);
  const outcomes = await page.locator("dd .badge").allTextContents();
  assert.equal(
    outcomes.map((text) => text.replace(/^\W+/, "").trim()),
    ["duplicate", "applied"],
  );
  const earlier = page.locator("details").filter({ has: page.locator("summary", { hasText: "first" }) });
  await earlier.locator("summary").first().click();
  await earlier.locator("svg").waitFor();
});

test("shows what no rule matches, and says where there is no such event", async () => {
  const { eventId } = await served().post({ ...sample("invoice.paid", "unmatched"), type: "customer.created" });
  const page = await openEvent(eventId);
  await page.locator("dd .badge").filter({ hasText: "unmatched" }).waitFor();
  const response = await page.goto(`${served().url}/events/evt_nonesuch`);
  assert.is(response?.status(), 404);
  assert.match(await page.locator("main").innerText(), /evt_nonesuch/);
  assert.equal(await audit(page), []);
});

test("shows HTML and control characters as text, also where only the fields have them, and an event of 1 MB", async () => {
  const hostile = malformations["hostile"]?.spoil(sample("invoice.paid", "hostile"));
  const large = malformations["large"]?.spoil(sample("invoice.paid", "large"));
  for (const event of [hostile, { ...Object(hostile), id: "evt_hostile_fields" }, large]) {
    const outcome = await served().post(event);
    assert.is(outcome.outcome, "dead-letter");
    const page = await openEvent(outcome.eventId);
    assert.is(await page.locator("h1").count(), 1);
    assert.is(await page.locator("main script, main b, main img").count(), 0);
    const text = `${await page.locator("main").textContent()}`;
    assert.not.match(text, /(?![\n\t])[\p{Cc}\u202e]/u);
    if (outcome.eventId === "evt_hostile_fields") assert.match(text, "<script>alert(1)</script>");
  }
});

test("is found by the search box, with the spaces of a copied id", async () => {
  const page = await open("/");
  await page.keyboard.press("/");
  await page.keyboard.type(" evt_life_08 ");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/events/evt_life_08");
  await page.getByRole("heading", { level: 1, name: "evt_life_08" }).waitFor();
  assert.equal(await audit(page), []);
});

test.run();
