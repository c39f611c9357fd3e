import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { json } from "node:stream/consumers";
import { stripVTControlCharacters } from "node:util";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { urlOf } from "../../../console/http/listen.ts";
import { postTo } from "../../../local/published/post-events.ts";
import { start } from "../../../local/start.ts";
import { captured } from "../../helpers/captured.ts";

const test = suite("npm start --listen");

const serving = async (answer: (request: IncomingMessage, response: ServerResponse) => void) => {
  const server = createServer(answer);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { url: urlOf(server), stop: () => server.close().closeAllConnections() };
};

const event = (version: number) => ({
  id: `${version}`,
  source: "homebiyori.billing",
  "detail-type": "PaymentRecorded",
  detail: { version },
});

test("posts each event that is published, in the envelope in which EventBridge gives it to a target", async () => {
  const posted: Record<string, unknown>[] = [];
  const { url, stop } = await serving((request, response) => {
    void json(request).then((body) => {
      posted.push(Object(body));
      response.end();
    });
  });
  const { result, logs } = await captured(() => start({ stack: "dev", port: 0, exit: true, listen: url }));
  stop();
  assert.is(result, 0);
  assert.not.match(logs.join("\n"), "--listen");
  const printed = [...stripVTControlCharacters(logs.join("\n")).matchAll(/^ {2}→ (\w+) (\S+) version (\d+)$/gm)];
  const told = posted.map(({ "detail-type": type, detail }) => [type, Object(detail).subject, Object(detail).version]);
  assert.is(posted.length, 17);
  assert.equal(told.map(String).toSorted(), printed.map(([, ...parts]) => String(parts)).toSorted());
  const keys = ["version", "id", "detail-type", "source", "account", "time", "region", "resources", "detail"];
  for (const one of posted) assert.equal([Object.keys(one), one["source"]], [keys, "homebiyori.billing"]);
});

test("warns once, and says in the end how many were not taken, where the service fails", async () => {
  const { url, stop } = await serving((_, response) => response.writeHead(500).end());
  const warnings: string[] = [];
  const listener = postTo(url, (line) => warnings.push(line));
  for (const version of [1, 2]) listener.post(event(version));
  await listener.end();
  stop();
  assert.equal(warnings, [
    `${url} (--listen) has not taken an event, which is not posted again: it answered with 500`,
    `${url} (--listen) has not taken 2 events`,
  ]);
});

test("warns where nothing listens at the URL", async () => {
  const { url, stop } = await serving(() => {});
  stop();
  const warnings: string[] = [];
  const listener = postTo(url, (line) => warnings.push(line));
  listener.post(event(1));
  await listener.end();
  assert.equal(warnings, [
    `${url} (--listen) has not taken an event, which is not posted again: ECONNREFUSED`,
    `${url} (--listen) has not taken 1 event`,
  ]);
});

test("waits some seconds for a service that never answers, and no longer", async () => {
  const { url, stop } = await serving(() => {});
  const warnings: string[] = [];
  const listener = postTo(url, (line) => warnings.push(line));
  // More than are under way at a time.
  for (let version = 1; version <= 40; version += 1) listener.post(event(version));
  await listener.end();
  stop();
  assert.match(`${warnings[0]}`, "no answer within 5 s");
  assert.match(`${warnings[1]}`, "has not taken 40 events");
});

test.run();
