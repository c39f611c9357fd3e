import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type ServedConsole, startConsole } from "../helpers/console.ts";

const test = suite("the live list of events");

let served: ServedConsole;
test.before(async () => {
  served = await startConsole();
});
test.after(() => served.stop());

const post = (id: string, type = "foo.bar") => served.post({ id, type, data: { object: {} } });

// The address of the stream in the list as it is now.
const liveAddress = async (query = ""): Promise<string> => {
  const { html } = await served.read(`/${query}`);
  const [, address = ""] = /data-live="([^"]+)"/.exec(html) ?? [];
  return address.replaceAll("&amp;", "&");
};

// What a stream sends until it has this text, or ends.
const readUntil = async (address: string, text: string, headers: Record<string, string> = {}): Promise<string> => {
  const leaving = new AbortController();
  const response = await fetch(new URL(address, served.url), { headers, signal: leaving.signal });
  let sent = "";
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    sent += chunk;
    if (sent.includes(text)) break;
  }
  leaving.abort();
  return sent;
};

test("sends what has come since the page was made, and then what comes", async () => {
  await post("evt_before");
  const address = await liveAddress();
  await post("evt_between");
  const sent = await readUntil(address, "evt_between");
  assert.match(sent, /event: open\n/);
  assert.match(sent, /event: rows\n/);
  assert.not.match(sent, "evt_before");
  const later = readUntil(await liveAddress(), "evt_later");
  await post("evt_later");
  assert.not.match(await later, "evt_between");
});

test("sends what a browser has missed that connects again", async () => {
  const address = await liveAddress();
  await post("evt_seen");
  const [, id = ""] = /id: (\d+)/.exec(await readUntil(address, "id: ")) ?? [];
  await post("evt_missed");
  const sent = await readUntil(address, "evt_missed", { "last-event-id": id });
  assert.not.match(sent, "evt_seen");
});

test("sends what the page's filter takes alone", async () => {
  const address = await liveAddress("?type=foo.wanted");
  await post("evt_other");
  await post("evt_wanted", "foo.wanted");
  assert.not.match(await readUntil(address, "evt_wanted"), "evt_other");
});

test("tells a page that it is of another list, as after the runner has begun anew", async () => {
  for (const since of ["999999", "x"]) {
    const response = await fetch(new URL(`/live?since=${since}`, served.url));
    assert.match(await response.text(), "event: outdated", since);
  }
});

test.run();
