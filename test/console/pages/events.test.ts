import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type ServedConsole, startConsole } from "../../helpers/console.ts";

const test = suite("the console's list of events, and what its addresses and forms are given");

let served: ServedConsole;
test.before(async () => {
  served = await startConsole();
});
test.after(() => served.stop());

const invoice = (id: string) => ({
  id,
  type: "invoice.paid",
  data: { object: { object: "invoice", customer: "cus_1" } },
});

test("is there though an id has half a surrogate pair, and so are its dead letters", async () => {
  const id = "evt_\ud800x";
  await served.post(invoice(id));
  for (const path of ["/", "/customers", "/dead-letters", "/events/evt_%EF%BF%BDx"]) {
    const { status, html } = await served.read(path);
    assert.is(status, path.startsWith("/events") ? 404 : 200, path);
    assert.match(html, "evt_");
  }
});

const post = async (path: string, body: string, type = "application/x-www-form-urlencoded") => {
  const response = await fetch(new URL(path, served.url), {
    method: "POST",
    headers: { "content-type": type },
    body,
    redirect: "manual",
  });
  return { status: response.status, html: await response.text() };
};

test("refuses a redrive that does not say of what, and a form that is none", async () => {
  for (const body of ["", "message=+", "queue=dead", "mesage=1"]) {
    const { status, html } = await post("/dead-letters/redrive", body);
    assert.equal([status, html.includes("neither which dead letters")], [400, true], body);
  }
  for (const path of ["/dead-letters/redrive", "/try/send"]) {
    const { status, html } = await post(path, "no parts", "multipart/form-data; boundary=x");
    assert.equal([status, html.includes("The form cannot be read")], [400, true], path);
  }
});

test.run();
