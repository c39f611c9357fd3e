import { BatchGetItemCommand, DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, GetCommand, QueryCommand, ScanCommand } from "@aws-sdk/lib-dynamodb";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { openRecords } from "../../../records/records.ts";
import { sampleOf } from "../../../samples/events.ts";
import { subjectOf } from "../../../samples/month.ts";
import { rejects } from "../../helpers/rejects.ts";
import { type Serving, startServing } from "../../helpers/serving.ts";

const test = suite("DynamoDB's reads at the API, by the real SDK");

let serving: Serving;
let client: DynamoDBClient;
test.before(async () => {
  serving = await startServing();
  // Another service has credentials of its own, which the emulator does not know.
  const credentials = { accessKeyId: "ANOTHER", secretAccessKey: "service" };
  client = new DynamoDBClient({ endpoint: serving.url, region: "eu-west-1", credentials });
  const subject = subjectOf("read", 1_767_225_600);
  for (const type of ["customer.subscription.updated", "invoice.paid"])
    await serving.handle(sampleOf(type, subject).event);
});
test.after(() => {
  client.destroy();
  return serving.stop();
});

const Key = { PK: "USER#user_read", SK: "SUBSCRIPTION" };

test("answer with an item, with those of an index, with all, and with several", async () => {
  const { core, payments } = serving.stack.tables;
  const documents = DynamoDBDocumentClient.from(client);
  const { Item } = await documents.send(new GetCommand({ TableName: core, Key }));
  assert.is(Item?.["status"], "active");
  const history = await documents.send(
    new QueryCommand({
      TableName: payments,
      IndexName: "GSI1",
      KeyConditionExpression: "user_id = :user",
      ExpressionAttributeValues: { ":user": "user_read" },
    }),
  );
  assert.equal(
    history.Items?.map(({ PK }) => PK),
    ["INVOICE#in_read"],
  );
  assert.is((await documents.send(new ScanCommand({ TableName: payments }))).Count, 1);
  const keys = { [core]: { Keys: [{ PK: { S: Key.PK }, SK: { S: Key.SK } }] } };
  const { Responses } = await client.send(new BatchGetItemCommand({ RequestItems: keys }));
  assert.is(Responses?.[core]?.[0]?.["user_id"]?.S, "user_read");
});

test("serve the module that other services read the records with", async () => {
  const records = openRecords({ client, tables: serving.stack.tables });
  assert.is((await records.subscription("user_read"))?.subscription_id, "sub_read");
  const { payments } = await records.payments("user_read", { limit: 1 });
  assert.equal(
    payments.map(({ amount }) => amount),
    [580],
  );
});

test("answer with DynamoDB's own errors, and to no write", async () => {
  const send = (TableName: string) =>
    client.send(new BatchGetItemCommand({ RequestItems: { [TableName]: { Keys: [] } } }));
  assert.is((await rejects(send(serving.stack.tables.core))).name, "ValidationException");
  const missing = DynamoDBDocumentClient.from(client).send(new GetCommand({ TableName: "missing", Key }));
  assert.is((await rejects(missing)).name, "ResourceNotFoundException");
  const Item = { PK: { S: "USER#1" }, SK: { S: "SUBSCRIPTION" } };
  const write = client.send(new PutItemCommand({ TableName: serving.stack.tables.core, Item }));
  assert.is((await rejects(write)).name, "UnknownOperationException");
});

test.run();
