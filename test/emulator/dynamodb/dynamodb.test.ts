import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { BatchGetItemCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { operatorKey } from "../../../emulator/protocol/access-keys.ts";
import { sampleEvent, sampleInvoice } from "../../../samples/stripe-objects.ts";
import { graphWithout } from "../../helpers/graph-without.ts";
import { rejects } from "../../helpers/rejects.ts";
import { type Running, startRunning } from "../../helpers/running.ts";
import { startTables, type Tables } from "../../helpers/tables.ts";

const test = suite("DynamoDB");

let tables: Tables;
let running: Running;
test.before(async () => {
  tables = await startTables();
  const graph = graphWithout("write-payment", "dynamodb:UpdateItem");
  running = await startRunning({ graph, dynamodbEndpoint: tables.endpoint });
});
test.after(() => running.stop());

const user = { PK: "USER#user_elsewhere", SK: "SUBSCRIPTION", customer_id: "cus_elsewhere" };

const event = (type: string, object: object) => sampleEvent(`evt_elsewhere_${type}`, type, 1, { ...object });

test("elsewhere keeps the tables, and answers the Lambdas", async () => {
  await tables.add(tables.core, user);
  const payment = { type: "payment_intent", payment_intent: "pi_elsewhere" };
  const object = { id: "inpay_1", object: "invoice_payment", invoice: "in_elsewhere", is_default: true, payment };
  assert.is((await running.handle(event("invoice_payment.paid", object))).outcome, "applied");
  const row = (await tables.items(tables.payments)).find(({ PK }) => PK === "INVOICE#in_elsewhere");
  assert.is(row?.["payment_id"], "pi_elsewhere");
});

test("reads an item by its key, its sets as lists, and null where there is none", async () => {
  const item = { PK: "PAYMENT#pi_set", SK: "REVERSALS", facts: new Set(["b", "a"]) };
  await tables.add(tables.payments, item);
  assert.equal(await tables.item(tables.payments, item.PK, item.SK), { ...item, facts: ["a", "b"] });
  assert.is(await tables.item(tables.payments, item.PK, "SUCCEEDED"), null);
});

test("elsewhere is asked for nothing that a role does not allow", async () => {
  const period = { start: 1, end: 2 };
  const invoice = sampleInvoice({ id: "in_2", customer: "cus_elsewhere", amount: 1, created: 1, paidAt: 1, ...period });
  const { outcome, error } = await running.handle(event("invoice.paid", invoice));
  assert.equal([outcome, error?.name], ["dead-letter", "AccessDeniedException"]);
  assert.match(String(error?.message), "is not authorized to perform: dynamodb:UpdateItem");
});

test("asks the operator's policy for each table of which a call reads several items", async () => {
  const client = new DynamoDBClient({
    endpoint: running.dynamodb.endpoint,
    region: "ap-northeast-1",
    credentials: { accessKeyId: operatorKey, secretAccessKey: "none" },
  });
  const read = (...names: string[]) => {
    const Keys = [{ PK: { S: "PAYMENT#pi_none" }, SK: { S: "REVERSALS" } }];
    return client.send(
      new BatchGetItemCommand({ RequestItems: Object.fromEntries(names.map((one) => [one, { Keys }])) }),
    );
  };
  const { Responses } = await read("dev-homebiyori-payments");
  assert.equal(Responses, { "dev-homebiyori-payments": [] });
  const { name, message } = await rejects(read("dev-homebiyori-payments", "dev-homebiyori-core"));
  assert.is(name, "AccessDeniedException");
  assert.match(message, /dynamodb:BatchGetItem on resource: \S+:table\/dev-homebiyori-core because/);
  client.destroy();
});

test("elsewhere is missed when the runner starts, and named", async () => {
  const { message } = await rejects(startRunning({ dynamodbEndpoint: "http://127.0.0.1:9" }));
  assert.match(
    message,
    /^The table dev-homebiyori-\w+ could not be created: The DynamoDB at http:\/\/127\.0\.0\.1:9 did not/,
  );
});

test("answers no page of another site, nor under another host's name", async () => {
  const url = new URL(tables.endpoint);
  const headers = { "x-amz-target": "DynamoDB_20120810.ListTables", authorization: "Credential=TESTS/" };
  for (const foreign of [{ origin: "https://evil.example" }, { host: "evil.example" }]) {
    const sent = request(url, { method: "POST", headers: { ...headers, ...foreign } });
    sent.end("{}");
    const [response] = await once(sent, "response");
    assert.is(response.statusCode, 403, JSON.stringify(foreign));
    assert.match(Object(JSON.parse(await text(response))).message, "evil.example");
  }
});

test("that cannot read the tables of a data directory says why", async () => {
  const dataDirectory = mkdtempSync(join(tmpdir(), "homebiyori-"));
  const tablesPath = join(dataDirectory, "tables");
  writeFileSync(tablesPath, "no directory");
  const { message } = await rejects(startRunning({ dataDirectory }));
  rmSync(dataDirectory, { recursive: true });
  const reason = `its database ${tablesPath} cannot be opened (move it away to start with empty tables)`;
  assert.match(message, `DynamoDB's process ended (exit code 1): ${reason}; `);
});

test.run();
