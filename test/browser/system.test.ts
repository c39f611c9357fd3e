import type { Page } from "playwright-core";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ofType } from "../../emulator/graph/graph.ts";
import { workflows } from "../../infra/workflows.ts";
import { sampleOf } from "../../samples/events.ts";
import { malformations } from "../../samples/malformed.ts";
import { subjectOf } from "../../samples/month.ts";
import { audit } from "../helpers/browser.ts";
import { browserSuite } from "../helpers/browser-suite.ts";

const test = suite("the page of the system, in a browser");

const sample = (name: string) => sampleOf("invoice.paid", subjectOf(name, 1_767_225_600)).event;

const { served, open } = browserSuite(test, async (console) => {
  for (const name of ["one", "two", "three"]) await console.post(sample(name));
  await console.post(malformations["null-object"]?.spoil(sample("bad")));
});

const nodeOf = (page: Page, label: string) =>
  page.locator("#system svg a").filter({ has: page.locator(".label", { hasText: new RegExp(`^${label}$`) }) });

test("draws every definition, Lambda, table and queue of the program, with what they did in the last hour", async () => {
  const page = await open("/system");
  const { graph } = served();
  const labels = await page.locator("#system svg .label").allTextContents();
  const types = ["aws:lambda/function:Function", "aws:sqs/queue:Queue"];
  const names = types.flatMap((type) => ofType(graph, type).map(({ name }) => name));
  const definitions = workflows.map(({ definition }) => definition);
  for (const name of [...names, ...definitions]) assert.ok(labels.includes(name), name);
  assert.match(`${await nodeOf(page, "write-payment").first().textContent()}`, "4 executions");
  assert.match(`${await nodeOf(page, "dead-letter-queue").textContent()}`, "1 waiting");
});

test("counts on without a reload", async () => {
  const page = await open("/system");
  await served().post(sample("later"));
  await page.locator("#system svg .note", { hasText: "5 executions" }).first().waitFor();
});

test("shows the alarms, and their states", async () => {
  const page = await open("/system");
  const alarms = served().graph.resources.filter(({ type }) => /^aws:cloudwatch\/\w+Alarm:/.test(type));
  await page.getByText(/alarms? that (is|are) not on/).click();
  const shown = page.getByRole("region", { name: /^Alarms that are/ }).locator("tbody th");
  const names = alarms.map(({ inputs }) => `${inputs["name"] ?? inputs["alarmName"]}`);
  assert.equal((await shown.allInnerTexts()).toSorted(), names.toSorted());
});

test("leads to a Lambda: its environment, and what it may do", async () => {
  const page = await open("/system");
  await page.locator("#system svg a[href='/system/write-payment']").first().click();
  await page.waitForURL("**/system/write-payment");
  const main = await page.locator("main").innerText();
  const functions = ofType(served().graph, "aws:lambda/function:Function");
  const lambda = functions.find(({ name }) => name === "write-payment");
  const variables = Object.keys(Object(lambda?.inputs["environment"]).variables);
  assert.ok(variables.length > 0);
  for (const text of [...variables, "dynamodb:UpdateItem"]) assert.match(main, text);
  assert.equal(await audit(page), []);
});

test("leads to a definition, its rules and machines, and the states of one", async () => {
  const page = await open("/system");
  await page.locator("#system svg a[href='/system/definitions/write-payment']").click();
  await page.waitForURL("**/system/definitions/write-payment");
  const own = workflows.filter(({ definition }) => definition === "write-payment");
  const labels = await page.locator("svg .label").allTextContents();
  for (const { name } of own) assert.ok(labels.includes(name), name);
  assert.equal(await audit(page), []);
  const [first] = own;
  await page.locator(`svg a[href='/system/${first?.name}']`).first().click();
  await page.getByRole("heading", { name: "States" }).waitFor();
  await page.locator("svg .label", { hasText: "WritePayment" }).waitFor();
  assert.equal(await audit(page), []);
});

test("has nothing for axe to find, and fits, in both schemes, when it is small and when it is zoomed", async () => {
  assert.equal(await audit(await open("/system")), []);
});

test.run();
