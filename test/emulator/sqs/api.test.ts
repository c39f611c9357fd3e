import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  ChangeMessageVisibilityBatchCommand,
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  QueueDoesNotExist,
  ReceiveMessageCommand,
  SendMessageCommand,
} from "@aws-sdk/client-sqs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { openMessageStore } from "../../../emulator/sqs/message-store.ts";
import { rejects } from "../../helpers/rejects.ts";
import { type Serving, startServing } from "../../helpers/serving.ts";

const test = suite("SQS's calls, by the real SDK");

let serving: Serving;
let QueueUrl: string;
test.before(async () => {
  serving = await startServing();
  // The one that an operator may send to.
  QueueUrl = serving.stack.parkedQueue.url;
});
test.before.each(() => {
  for (const { messages } of serving.queues.all) messages.length = 0;
});
test.after(() => serving.stop());

const receive = async (more: object = {}) =>
  (await serving.sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, ...more }))).Messages ?? [];

const countsOf = async () => {
  const AttributeNames = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"] as const;
  const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...AttributeNames] });
  const { Attributes = {} } = await serving.sqs.send(command);
  return AttributeNames.map((name) => Attributes[name]);
};

test("receives what was sent, hides it, shows it again and deletes it", async () => {
  const MessageAttributes = { ERROR_CODE: { DataType: "String", StringValue: "NO_PERMISSIONS" } };
  const body = '{"name":"ほめびより"}';
  const sent = await serving.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: body, MessageAttributes }));
  assert.equal(await countsOf(), ["1", "0"]);
  const all = { MessageAttributeNames: ["All"], MessageSystemAttributeNames: ["SentTimestamp" as const] };
  const [message] = await receive(all);
  assert.equal([message?.MessageId, message?.Body], [sent.MessageId, body]);
  assert.is(message?.MessageAttributes?.["ERROR_CODE"]?.StringValue, "NO_PERMISSIONS");
  assert.is(Number(message?.Attributes?.SentTimestamp), serving.parked.messages[0]?.sentAt);
  assert.equal([await receive(), await countsOf()], [[], ["0", "1"]]);
  const { ReceiptHandle } = message ?? {};
  await serving.sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }));
  const [again] = await receive();
  assert.is(again?.MessageId, message?.MessageId);
  await serving.sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: again?.ReceiptHandle }));
  assert.equal(await countsOf(), ["0", "0"]);
});

test("changes the visibility of a batch, and says which of it failed", async () => {
  for (const name of ["one", "two"]) serving.parked.send(name, 1000);
  const received = await receive({ MaxNumberOfMessages: 10, VisibilityTimeout: 60 });
  const handles = [...received.map(({ ReceiptHandle }) => ReceiptHandle), "nonsense"];
  const Entries = handles.map((ReceiptHandle, index) => ({ Id: `e${index}`, ReceiptHandle, VisibilityTimeout: 0 }));
  const { Successful, Failed } = await serving.sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries }));
  assert.equal(
    [Successful?.map(({ Id }) => Id), Failed?.map(({ Id, Code }) => [Id, Code])],
    [["e0", "e1"], [["e2", "ReceiptHandleIsInvalid"]]],
  );
  assert.equal(await countsOf(), ["2", "0"]);
  serving.parked.messages.length = 0;
});

test("returns attributes only on request, as SQS does", async () => {
  serving.parked.send("{}", 1000, { ERROR_CODE: "X" });
  const [message] = await receive({ VisibilityTimeout: 0 });
  assert.equal([message?.Attributes, message?.MessageAttributes], [undefined, undefined]);
});

test("refuses as SQS does", async () => {
  const { sqs } = serving;
  const other = `${QueueUrl}-missing`;
  assert.instance(await rejects(sqs.send(new ReceiveMessageCommand({ QueueUrl: other }))), QueueDoesNotExist);
  serving.parked.send("{}", 0);
  const [{ ReceiptHandle } = {}] = await receive({ VisibilityTimeout: 0 });
  const hide = new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 1 });
  assert.is((await rejects(sqs.send(hide))).name, "MessageNotInflight");
  const nonsense = new DeleteMessageCommand({ QueueUrl, ReceiptHandle: "nonsense" });
  assert.is((await rejects(sqs.send(nonsense))).name, "ReceiptHandleIsInvalid");
  const large = new SendMessageCommand({ QueueUrl, MessageBody: "x".repeat(1024 * 1024 + 1) });
  assert.match((await rejects(sqs.send(large))).message, "may have 1048576");
  const many = new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 11 });
  assert.match((await rejects(sqs.send(many))).message, "MaxNumberOfMessages");
});

test("keeps the queues' files right", async () => {
  const dataDirectory = mkdtempSync(join(tmpdir(), "homebiyori-"));
  const keeping = await startServing({ dataDirectory });
  try {
    await keeping.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "no JSON" }));
    assert.is((await keeping.dump()).parked[0]?.body, "no JSON");
    const { Messages = [] } = await keeping.sqs.send(new ReceiveMessageCommand({ QueueUrl }));
    const ReceiptHandle = Messages[0]?.ReceiptHandle;
    await keeping.sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    await keeping.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "kept" }));
  } finally {
    await keeping.stop();
  }
  const store = openMessageStore(dataDirectory, () => {});
  const bodies = ["dead-letter-queue", "parked"].map((name) =>
    store.messagesOf(`dev-homebiyori-${name}`).map(({ body }) => body),
  );
  store.close();
  rmSync(dataDirectory, { recursive: true });
  assert.equal(bodies, [[], ["kept"]]);
});

test.run();
