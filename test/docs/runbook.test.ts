import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { rejectTestMode } from "../../lambdas/stripe/origin.ts";
import * as lambdaErrors from "../../lambdas/runtime/errors.ts";
import { isKnownError, namesInRunbook } from "../../ops/redrive/known-errors.ts";
import { redriveAll } from "../../ops/redrive/redrive-all.ts";
import { sampleOf } from "../../samples/events.ts";
import { subjectOf } from "../../samples/month.ts";
import { captured } from "../helpers/captured.ts";
import { blocksOf } from "../helpers/page.ts";
import { rejects } from "../helpers/rejects.ts";
import { startServing } from "../helpers/serving.ts";

const test = suite("the on-call runbook");

const root = join(import.meta.dirname, "../..");
const page = readFileSync(join(root, "docs/dead-letters.md"), "utf8");
const [, table = ""] = page.split("## 2. Fix the cause");

interface Row {
  /** The names of errors, each with what must be in its message, if anything. */
  errors: { name: string; texts: string[] }[];
  cause: string;
}

const rows: Row[] = [...table.matchAll(/^\| (`.*?) *\| (.*?) *\| (.*?) *\|$/gm)].map(([, names = "", cause = ""]) => ({
  errors: [...names.matchAll(/`([^`]+)`(?: with ((?:"[^"]+"(?:, | or )?)+))?/g)].map(([, name = "", texts = ""]) => ({
    name,
    texts: [...texts.matchAll(/"([^"]+)"/g)].map(([, text = ""]) => text),
  })),
  cause,
}));

// A row that quotes the message comes before one that does not.
const causeOf = ({ name, message }: Error): string | undefined => {
  const named = (isQuoted: boolean) =>
    rows.find(({ errors }) =>
      errors.some(
        (error) =>
          error.name === name &&
          (isQuoted ? error.texts.some((text) => message.includes(text)) : error.texts.length === 0),
      ),
    );
  return (named(true) ?? named(false))?.cause;
};

const servers: Server[] = [];
test.after(() => {
  for (const server of servers) server.close();
});

const urlOf = async (server: Server): Promise<string> => {
  servers.push(server.listen(0, "127.0.0.1"));
  await once(server, "listening");
  // An IP socket has such an address.
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

const onRequest = (act: (socket: Socket) => void): Promise<string> =>
  urlOf(createServer((socket) => socket.on("error", () => {}).on("data", () => act(socket))));

const answering = (status: number, body: string): Promise<string> =>
  urlOf(createHttpServer((_, response) => response.writeHead(status, { connection: "close" }).end(body)));

// What the SDK throws in a Lambda, whose error has that name and that message.
const failureAt = async (endpoint: string): Promise<Error> => {
  const client = new DynamoDBClient({
    endpoint,
    region: "ap-northeast-1",
    credentials: { accessKeyId: "TESTS", secretAccessKey: "none" },
    maxAttempts: 1,
    requestHandler: { requestTimeout: 100, throwOnRequestTimeout: true, socketTimeout: 100 },
  });
  try {
    return await rejects(client.send(new GetItemCommand({ TableName: "core", Key: { PK: { S: "USER#1" } } })));
  } finally {
    client.destroy();
  }
};

test("takes what fails between a Lambda and DynamoDB for the network's fault, not for a bug", async () => {
  const cut = "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{";
  const endpoints: [string, string][] = [
    ["ECONNREFUSED", "http://127.0.0.1:9"],
    ["ENOTFOUND", "http://nowhere.invalid"],
    ["ECONNRESET", await onRequest((socket) => socket.resetAndDestroy())],
    ["hangs up", await onRequest((socket) => socket.end())],
    ["cut off", await onRequest((socket) => socket.write(cut, () => socket.resetAndDestroy()))],
    ["does not answer", await onRequest(() => {})],
    ["stops answering", await onRequest((socket) => socket.write(cut))],
    ["answers without a name", await answering(500, "{}")],
    ["answers with nothing", await answering(503, "")],
    ["answers with a page", await answering(502, "<html></html>")],
  ];
  for (const [what, endpoint] of endpoints) {
    const failure = await failureAt(endpoint);
    assert.match(`${causeOf(failure)}`, /network/, `${what}: ${failure.name}: ${failure.message}`);
  }
});

test("takes an error of the Lambda's own code for a bug", () => {
  for (const error of [new Error("User u has no subscription to show"), new TypeError("x is not a function")])
    assert.match(`${causeOf(error)}`, /bug/);
});

test("has a row for each error of the Lambdas, and another for an event of test mode", () => {
  const ofTestMode = new lambdaErrors.Refused(`${rejectTestMode({ livemode: false }, true)}`);
  const errors = Object.values(lambdaErrors).map((LambdaError) => new LambdaError(""));
  const causes = [...errors, ofTestMode].map(causeOf);
  assert.is(new Set(causes).size, errors.length + 1);
  assert.not(causes.includes(undefined));
});

test("names only errors that a redrive by error takes for known, and all of those", () => {
  const names = new Set(rows.flatMap(({ errors }) => errors.map(({ name }) => name)));
  for (const name of names) assert.ok(isKnownError(name), name);
  for (const name of namesInRunbook) assert.ok(names.has(name), name);
});

test("ties a customer to a user by its command, after which a redrive succeeds", async () => {
  const command = blocksOf("dead-letters", "sh").find((block) => block.includes("put-item"));
  const [, item = ""] = /--item \\\n +'(.*)'$/m.exec(`${command}`) ?? [];
  const filled = item.replaceAll("<user_id>", "u_1").replaceAll("<cus_…>", "cus_1");
  const serving = await startServing();
  try {
    const { event } = sampleOf("invoice.paid", { ...subjectOf("1", 1_767_225_600), userId: null });
    assert.is((await serving.handle(event)).error?.name, "CustomerNotFound");
    const Item = Object.entries<{ S: string }>(JSON.parse(filled)).map(([name, { S: value }]) => [name, value]);
    await serving.dynamodb.add(serving.stack.tables.core, Object.fromEntries(Item));
    const options = { local: serving.url, error: ["CustomerNotFound"], max: 3, rate: 10 };
    assert.is((await captured(() => redriveAll(options, new AbortController().signal))).result, 0);
    assert.equal(
      (await serving.dump()).payments.map(({ user_id: userId }) => userId),
      ["u_1"],
    );
  } finally {
    await serving.stop();
  }
});

const sources = ["bench", "emulator", "infra", "lambdas", "local", "ops"]
  .flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map((file) => join(folder, file)),
  )
  .filter((file) => file.endsWith(".ts"))
  // A comment prints nothing.
  .map((file) => readFileSync(join(root, file), "utf8").replaceAll(/^ *(\/\/|\/?\*).*$/gm, ""))
  .join("\n");

test("quotes only words that the program prints, as does each other page", () => {
  // The quotations of performance.md name the rows of its own table.
  const pages = readdirSync(join(root, "docs")).filter((file) => /(?<!^performance)\.md$/.test(file));
  const misses: string[] = [];
  for (const name of pages) {
    const prose = readFileSync(join(root, "docs", name), "utf8")
      .replaceAll(/^ *```.*?^ *```$/gms, "")
      // The names of errors of AWS's are not the program's words.
      .replaceAll(/`[^`]*`/g, "")
      .replaceAll(/"(E[A-Z_]+|aborted|Deserialization error)"/g, "");
    for (const [, quoted = ""] of prose.matchAll(/"([^"\n]+)"/g))
      // The rule of an example.
      if (!sources.includes(quoted.replace("forward-rule-newerone", "${name}"))) misses.push(`${name}: ${quoted}`);
  }
  assert.equal(misses, []);
});

test.run();
