import { suite } from "uvu";
import * as assert from "uvu/assert";
import { play } from "../../local/play.ts";
import { life } from "../../samples/one-life.ts";
import { audit } from "../helpers/browser.ts";
import { browserSuite } from "../helpers/browser-suite.ts";

const test = suite("the page of a customer, in a browser");

const { served, open } = browserSuite(test, async (console) => {
  await play(console.session, {}, () => false);
});

const address = "/customers/user_cus_sample";

const rowOf = async () => {
  const { core } = await served().dump();
  const row = core.find(({ PK, SK }) => PK === "USER#user_cus_sample" && SK === "SUBSCRIPTION");
  if (!row) throw new Error("The sample life has left no subscription");
  return row;
};

test("shows the subscription as its row has it", async () => {
  const row = await rowOf();
  const page = await open(address);
  const valueOf = async (term: string) =>
    `${await page.locator("dt").filter({ hasText: term }).first().locator("xpath=following-sibling::dd[1]").textContent()}`;
  assert.match(await valueOf("Status"), `${row["status"]}`);
  assert.match(await valueOf("Plan"), `${row["plan"]}`);
  assert.match(await valueOf("Order"), `${row["order"]}`);
  assert.match(await valueOf("Missing"), "No event is missing");
  assert.match(await valueOf("Access"), "no");
  const ended = page.locator("dt", { hasText: "Ended" }).locator("xpath=following-sibling::dd[1]").locator("time");
  assert.is(Date.parse(`${await ended.getAttribute("datetime")}`), 1000 * Number(row["ended_at"]));
});

test("tells its whole life in Stripe's order, from the trial to the end, with what was healed", async () => {
  const page = await open(address);
  const bands = await page.locator("svg.life rect").locator("xpath=../*[name()='title']").allTextContents();
  assert.equal(
    bands.filter((word) => word !== "to be cancelled"),
    ["trialing", "active", "past_due → active", "active", "canceled"],
  );
  assert.ok(bands.includes("to be cancelled"));
  const lines = page.getByRole("region", { name: "What happened, the newest first" }).locator("tbody tr");
  const texts = (await lines.allInnerTexts()).toReversed();
  const steps = [
    "new, trialing",
    "trialing → active",
    "active → past_due",
    "past_due → active",
    "plan price_sample_monthly → price_sample_yearly",
  ];
  const places = steps.map((step) => texts.findIndex((text) => text.includes(step)));
  assert.not(places.includes(-1), texts.join("\n"));
  assert.equal(
    places,
    places.toSorted((a, b) => a - b),
  );
  assert.ok(
    texts.some((text) => text.includes("healed") && text.includes("by Stripe's answer, as an event was missing")),
  );
});

test("lists each payment and each failed attempt that is recorded, and what went back of it", async () => {
  const { payments } = await served().dump();
  const recorded = payments.filter(({ SK }) => SK === "SUCCEEDED" || `${SK}`.startsWith("FAILED"));
  const page = await open(address);
  const rows = page.getByRole("region", { name: "Payments, the newest first" }).locator("tbody tr");
  assert.is(await rows.count(), recorded.length);
  const half = await rows.filter({ hasText: "in_life_3" }).filter({ hasText: "refunded" }).innerText();
  // Yen have no minor unit.
  for (const amount of ["580", "290"])
    assert.match(half, new RegExp(`JP¥\\s?${amount}(?![.\\d])|¥\\s?${amount}(?![.\\d])`));
  const reversals = page.getByRole("region", { name: "Refunds and disputes" }).locator("tbody tr");
  assert.equal((await reversals.allInnerTexts()).map((text) => `${/re_life_1|du_life_1/.exec(text)?.[0]}`).toSorted(), [
    "du_life_1",
    "re_life_1",
  ]);
});

test("is found by the customer and by an invoice, and leads to its events", async () => {
  for (const id of ["cus_sample", "in_life_3"]) {
    const page = await open("/customers");
    await page.getByLabel("A customer, an invoice").fill(` ${id} `);
    await page.getByRole("button", { name: "Show" }).click();
    await page.waitForURL(`**/customers/${id}`);
    await page.getByRole("heading", { level: 1, name: "user_cus_sample" }).waitFor();
    await page.getByRole("link", { name: "All in the list of events" }).click();
    await page.waitForURL("**/?customer=user_cus_sample");
    const ids = await page.locator("main table tbody tr td:nth-child(4)").allTextContents();
    const sent = life().flatMap(({ events }) => events.map((event) => `${event["id"]}`));
    assert.ok(ids.length > 10);
    for (const one of ids.filter((eventId) => eventId.startsWith("evt_"))) assert.ok(sent.includes(one), one);
  }
});

test("lists the customers of the newest events, and says where there is none of an id", async () => {
  const page = await open("/customers");
  await page.getByRole("link", { name: "cus_sample" }).click();
  await page.waitForURL("**/customers/cus_sample");
  for (const id of ["cus_nonesuch", "<b>nobody</b>\u0007"]) {
    const response = await page.goto(`${served().url}/customers/${encodeURIComponent(id)}`);
    assert.is(response?.status(), 404);
    assert.match(await page.locator("main").innerText(), /is recorded/);
    assert.is(await page.locator("main b").count(), 0);
  }
});

test("has nothing for axe to find, and fits, in both schemes, when it is small and when it is zoomed", async () => {
  assert.equal(await audit(await open(address)), []);
  assert.equal(await audit(await open("/customers")), []);
});

test.run();
