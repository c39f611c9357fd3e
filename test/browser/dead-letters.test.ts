import type { Page } from "playwright-core";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { sampleOf } from "../../samples/events.ts";
import { malformations } from "../../samples/malformed.ts";
import { subjectOf } from "../../samples/month.ts";
import { audit } from "../helpers/browser.ts";
import { browserSuite } from "../helpers/browser-suite.ts";

const test = suite("the page of dead letters, in a browser");

const sample = (name: string) => sampleOf("invoice.paid", subjectOf(name, 1_767_225_600)).event;

const broken = ["broken_1", "broken_2", "broken_3"];

const { served, open } = browserSuite(test, async (console) => {
  const at = "dev-homebiyori-write-payment";
  await console.setFaults({ seed: 1, faults: [{ hop: "lambda", kind: "throws", at, probability: 1 }] });
  for (const name of broken) await console.post(sample(name));
  await console.setFaults(null);
  // This one fails whenever it is tried.
  await console.post(malformations["hostile"]?.spoil(sample("hostile")));
});

const idOf = (name: string): string => sample(name).id;

const listOn = (page: Page) =>
  page.getByRole("region", { name: "The dead-letter queue, the newest first" }).locator("tbody tr");

const paymentsOf = async (name: string) =>
  (await served().dump()).payments.filter(({ PK }) => PK === `INVOICE#in_${name}`);

// Each result of the run whose page is shown, once it has ended.
const resultsOn = async (page: Page): Promise<string[]> => {
  await page.waitForURL("**/dead-letters/runs/*");
  await page.getByRole("status").filter({ hasText: "done" }).waitFor();
  const rows = await page.getByRole("region", { name: "Results" }).locator("tbody tr").all();
  return Promise.all(
    rows.map(async (row) => {
      const [id, result] = [row.locator("th"), row.locator(".badge")];
      return `${await id.innerText()} ${(await result.innerText()).replace(/^\W+/, "")}`;
    }),
  );
};

test("lists what is in the queue with its error, as text, and leaves it there", async () => {
  const page = await open("/dead-letters");
  const { deadLetters } = await served().dump();
  const rows = listOn(page);
  assert.is(await rows.count(), deadLetters.length);
  assert.is(deadLetters.length, 4);
  for (const name of broken) assert.match(await rows.filter({ hasText: idOf(name) }).innerText(), "InjectedFault");
  assert.match(await rows.filter({ hasText: "<script>" }).innerText(), "InvalidEvent");
  assert.is(await page.locator("main script, main b").count(), 0);
  await page.reload();
  assert.is(await rows.count(), deadLetters.length);
  assert.equal(await audit(page), []);
});

test("shows the whole message of one, with control characters as text", async () => {
  const page = await open("/dead-letters");
  await page.getByRole("link", { name: /^Show the message of evt_hostile/ }).click();
  const text = await page.locator("#shown pre").innerText();
  assert.match(text, "<script>alert(1)</script>");
  assert.not.match(text, /(?![\n\t])[\p{Cc}\u202e]/u);
});

test("redrives one, whose row is written then, and shows what became of it", async () => {
  const page = await open("/dead-letters");
  const id = idOf("broken_1");
  await page.getByRole("button", { name: `Redrive ${id}` }).click();
  assert.equal(await resultsOn(page), [`${id} redriven`]);
  assert.equal(
    (await paymentsOf("broken_1")).map(({ status }) => status),
    ["succeeded"],
  );
  await page.getByRole("link", { name: "All dead letters" }).click();
  await listOn(page).filter({ hasText: "broken_2" }).waitFor();
  assert.is(await listOn(page).count(), 3);
  // The list of events says it too.
  await page.goto(`${served().url}/?id=${id}`);
  assert.match(await page.locator("main table tbody tr").first().innerText(), /applied redriven/);
});

test("redrives all once that is confirmed, and says which one failed again", async () => {
  const page = await open("/dead-letters");
  await page.getByText("Redrive all 3…").click();
  await page.getByRole("button", { name: "Yes, redrive 3 dead letters" }).click();
  const results = await resultsOn(page);
  assert.is(results.length, 3);
  assert.match(`${results.find((result) => result.includes("<script>"))}`, /failed again$/);
  for (const name of ["broken_2", "broken_3"]) {
    assert.ok(results.includes(`${idOf(name)} redriven`));
    assert.is((await paymentsOf(name)).length, 1);
  }
  assert.equal(await audit(page), []);
  assert.is((await served().dump()).deadLetters.length, 1);
});

test("parks one, by keyboard alone", async () => {
  const page = await open("/dead-letters");
  await page.getByRole("button", { name: /^Park evt_hostile/ }).focus();
  await page.keyboard.press("Enter");
  assert.match(`${(await resultsOn(page))[0]}`, /parked$/);
  const { deadLetters, parked } = await served().dump();
  assert.equal([deadLetters.length, parked.length], [0, 1]);
  await page.goto(`${served().url}/dead-letters`);
  await page.getByRole("heading", { name: "The parking-lot queue: 1" }).waitFor();
  await page.getByRole("heading", { name: "The dead-letter queue: 0" }).waitFor();
  assert.equal(await audit(page), []);
});

test.run();
