import { createServer, type Server } from "node:http";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { urlOf } from "../../console/http/listen.ts";
import { sampleOf } from "../../samples/events.ts";
import { subjectOf } from "../../samples/month.ts";
import { audit, openPage } from "../helpers/browser.ts";
import { browserSuite } from "../helpers/browser-suite.ts";

const test = suite("every page of the console, in a browser");

const paths = ["/", "/no-such-page", "/events/evt_nonesuch", "/customers", "/system", "/dead-letters", "/try"];

const { served, browser, open } = browserSuite(test);

const hostile = (name: string, text: string) => {
  const event = sampleOf("invoice.paid", subjectOf(name, 1_767_225_600)).event;
  return { ...event, id: `evt_${text}`, type: `type ${text}` };
};

test("allows nothing from another origin, and no script or style in the page itself", async () => {
  for (const path of paths) {
    const { headers } = await fetch(new URL(path, served().url));
    const policy = new Map(
      `${headers.get("content-security-policy")}`.split("; ").map((part) => {
        const [name = "", ...sources] = part.split(" ");
        return [name, sources];
      }),
    );
    assert.equal(policy.get("default-src"), ["'none'"], path);
    assert.equal(policy.get("frame-ancestors"), ["'none'"], path);
    for (const sources of policy.values()) assert.ok(["'none'", "'self'"].includes(sources.join(" ")), path);
  }
});

test("makes no request to another host, has no error, and its policy refuses nothing of its own", async () => {
  for (const path of paths) await (await open(path)).waitForLoadState("load");
});

test("runs no script that is written into it", async () => {
  const { page, problems } = await openPage(browser(), served().url);
  const refused = page.waitForEvent("console", (message) => message.text().includes("Content Security Policy"));
  await page.evaluate(
    `document.body.insertAdjacentHTML("beforeend", "<b><img src=x onerror='document.title = 1'></b>")`,
  );
  await refused;
  assert.is.not(await page.title(), "1");
  assert.match(problems.join(), "Content Security Policy");
  await page.context().close();
});

test("shows HTML and control characters of an event as text, when it comes and when the page is opened again", async () => {
  const markup = "<img src=x onerror=alert(1)><b>bold</b>";
  const control = "\u001B[31m\u0007\u202E";
  const page = await open("/");
  await page.getByRole("status").filter({ hasText: "Live" }).waitFor();
  for (const [index, text] of [markup, control].entries()) await served().post(hostile(`hostile_${index}`, text));
  for (const isReloaded of [false, true]) {
    if (isReloaded) await page.reload();
    await page.locator("main td").getByText(`type ${markup}`).waitFor();
    assert.is(await page.locator("main img, main b").count(), 0);
    await page.locator("main td").getByText("type \\u001b").waitFor();
    const text = `${await page.locator("main table").textContent()}`;
    assert.ok(text.includes(`evt_${markup}`));
    assert.match(text, /evt_\\u001b\[31m\\u0007\\u202e/i);
    assert.not.match(text, /(?![\n\t])[\p{Cc}\u202e]/u);
  }
});

test("takes no request from a page of another site, nor one under another name of this host", async () => {
  const other = await startOtherSite();
  try {
    for (const host of ["127.0.0.1", "localhost"]) {
      const viewer = await openPage(browser(), urlOf(other).replace("127.0.0.1", host));
      const answers: number[] = [];
      viewer.page.on("response", (response) => {
        if (response.url().startsWith(served().url)) answers.push(response.status());
      });
      for (const path of ["/events", "/try/send", "/dead-letters/redrive"]) {
        await viewer.page.evaluate(
          `fetch(${JSON.stringify(`${served().url}${path}`)}, { method: "POST", mode: "no-cors", body: "{}" })`,
        );
        await viewer.page.evaluate(postForm(`${served().url}${path}`));
        await viewer.page.waitForURL(`${served().url}${path}`);
        await viewer.page.goBack();
      }
      assert.equal(new Set(answers), new Set([403]), host);
      assert.is(answers.length, 6, host);
      await viewer.page.context().close();
    }
  } finally {
    other.close();
    other.closeAllConnections();
  }
});

const startOtherSite = async (): Promise<Server> => {
  const server = createServer((_, response) => response.setHeader("content-type", "text/html").end("<p>Another site"));
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return server;
};

const postForm = (url: string): string => `{
  const form = document.createElement("form");
  form.method = "post";
  form.action = ${JSON.stringify(url)};
  document.body.append(form);
  form.submit();
}`;

test("has nothing for axe to find where there is no such page", async () => {
  assert.equal(await audit(await open("/no-such-page")), []);
});

test.run();
