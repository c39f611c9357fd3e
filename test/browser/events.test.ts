import type { Page } from "playwright-core";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { sampleOf } from "../../samples/events.ts";
import { subjectOf } from "../../samples/month.ts";
import { audit } from "../helpers/browser.ts";
import { browserSuite } from "../helpers/browser-suite.ts";

const test = suite("the list of events, in a browser");

const start = 1_767_225_600;

const paid = (name: string) => sampleOf("invoice.paid", subjectOf(name, start)).event;

const failed = (name: string) => sampleOf("invoice.payment_failed", subjectOf(name, start)).event;

// Older than what a page shows at once.
const many = Array.from({ length: 250 }, (_, index) => paid(`many_${index}`));

const { served, open } = browserSuite(test, async (console) => {
  await Promise.all(many.map((event) => console.post(event)));
  await console.post(failed("other"));
});

const idsOn = (page: Page): Promise<string[]> => page.locator("main table tbody tr td:nth-child(4)").allTextContents();

const isLive = (page: Page) => page.getByRole("status").filter({ hasText: "Live" }).waitFor();

const rowOf = (page: Page, eventId: string) => page.locator("main table tbody tr").filter({ hasText: eventId });

test("shows a new event on top of the others, without a reload, as it came out", async () => {
  const page = await open("/");
  await isLive(page);
  const outcome = await served().post(paid("live"));
  const row = rowOf(page, outcome.eventId);
  await row.waitFor();
  assert.is((await idsOn(page))[0], outcome.eventId);
  const cells = await row.locator("th, td").allTextContents();
  const [, shown = "", type = "", id = "", customer = "", , retries = ""] = cells.map((cell) => cell.trim());
  assert.equal([type, id, customer, retries], ["invoice.paid", outcome.eventId, outcome.customerId, "0"]);
  assert.is(outcome.outcome, "applied");
  assert.match(shown, /^✓ applied/);
});

test("keeps as many rows as a page has when new events come, in the order that a reload shows", async () => {
  const page = await open("/");
  await isLive(page);
  const before = await idsOn(page);
  const { eventId } = await served().post(paid("one_more"));
  await rowOf(page, eventId).waitFor();
  const after = await idsOn(page);
  assert.equal(after, [eventId, ...before.slice(0, -1)]);
  assert.is(after.length, 100);
  await page.reload();
  assert.equal(await idsOn(page), after);
});

test("filters by type and by outcome as soon as one is chosen, and by parts of ids, and shows new events that match", async () => {
  const page = await open("/");
  const duplicate = await served().post(paid("live"));
  assert.is(duplicate.outcome, "duplicate");
  await page.reload();
  await page.getByLabel("Type").selectOption("invoice.payment_failed");
  await page.waitForURL("**/?type=invoice.payment_failed*");
  assert.equal(await idsOn(page), ["evt_other_invoice_payment_failed"]);

  await page.getByRole("link", { name: "All", exact: true }).click();
  await page.getByLabel("Outcome").selectOption("duplicate");
  await page.waitForURL("**outcome=duplicate*");
  assert.equal(await idsOn(page), [duplicate.eventId]);

  await page.getByRole("link", { name: "All", exact: true }).click();
  await page.getByLabel("Customer").fill("many_249");
  await page.getByRole("button", { name: "Filter" }).click();
  await page.waitForURL("**customer=many_249*");
  assert.equal(await idsOn(page), ["evt_many_249_invoice_paid"]);

  await page.getByRole("link", { name: "All", exact: true }).click();
  await page.getByLabel("Event id").fill("evt_filtered");
  await page.getByLabel("Event id").press("Enter");
  await page.waitForURL("**id=evt_filtered*");
  assert.equal(await idsOn(page), []);
  await page.getByText("No event is here yet, or none matches").waitFor();
  await isLive(page);
  await served().post(paid("not_filtered"));
  const { eventId } = await served().post(paid("filtered"));
  await rowOf(page, eventId).waitFor();
  assert.equal(await idsOn(page), [eventId]);
  assert.is(await page.getByText("No event is here yet").count(), 0);
});

test("shows older events on further pages, each once, also without its script", async () => {
  for (const javaScriptEnabled of [true, false]) {
    const page = await open("/?customer=many_", { javaScriptEnabled });
    const seen = [await idsOn(page)];
    for (const from of [100, 200]) {
      await page.getByRole("link", { name: "Older" }).click();
      await page.waitForURL(`**from=${from}`);
      seen.push(await idsOn(page));
    }
    assert.is(await page.getByRole("link", { name: "Older" }).count(), 0);
    assert.equal(seen.flat().toSorted(), many.map(({ id }) => id).toSorted());
    await page.getByRole("link", { name: "Newer" }).click();
    await page.waitForURL("**from=100");
    assert.equal(await idsOn(page), seen[1]);
  }
});

test("holds new events back while it is paused, and shows them after that", async () => {
  const page = await open("/");
  await isLive(page);
  const pause = page.getByRole("button", { name: "Pause" });
  await pause.click();
  assert.is(await pause.getAttribute("aria-pressed"), "true");
  const held = await served().post(paid("held"));
  // Another page has got it meanwhile.
  const other = await open("/");
  await rowOf(other, held.eventId).waitFor();
  assert.is(await rowOf(page, held.eventId).count(), 0);
  await pause.click();
  await rowOf(page, held.eventId).waitFor();
  assert.is((await idsOn(page))[0], held.eventId);
});

test("shows times in the viewer's zone, and in UTC on hover", async () => {
  const page = await open("/?id=evt_other");
  const time = page.locator("main table time");
  const utc = `${await time.getAttribute("title")}`;
  assert.match(utc, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  const inTokyo = new Date(Date.parse(utc) + 9 * 3_600_000).toISOString().slice(11, 19);
  assert.match(`${await time.textContent()}`, inTokyo);
  const plain = await open("/?id=evt_other", { javaScriptEnabled: false });
  const text = `${utc.slice(0, 19).replace("T", " ")} UTC`;
  assert.is(await plain.locator("main table time").textContent(), text);
});

test("is used by keyboard: a link to the content, the search box by a slash, and all else in order", async () => {
  const page = await open("/");
  const nameOfFocused = () => page.evaluate("document.activeElement.textContent || document.activeElement.name");
  await page.keyboard.press("Tab");
  assert.is(await nameOfFocused(), "Skip to the content");
  await page.keyboard.press("/");
  assert.is(await page.evaluate("document.activeElement.id"), "find");
  await page.keyboard.type("a/b");
  assert.is(await page.getByLabel("Find").inputValue(), "a/b");
  const passed: unknown[] = [];
  await page.keyboard.press("Tab");
  for (let tab = 0; tab < 7; tab += 1) {
    await page.keyboard.press("Tab");
    passed.push(await page.evaluate("document.activeElement.name || document.activeElement.textContent"));
  }
  assert.equal(passed, ["type", "outcome", "customer", "id", "Filter", "All", "Pause"]);
});

test("has nothing for axe to find, and fits, in both schemes, when it is small and when it is zoomed", async () => {
  assert.equal(await audit(await open("/")), []);
  assert.equal(await audit(await open("/?id=nonesuch")), []);
});

test.run();
