import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StartSyncExecutionCommand } from "@aws-sdk/client-sfn";
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  QueueDoesNotExist,
  ReceiveMessageCommand,
  SendMessageCommand,
} from "@aws-sdk/client-sqs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { sampleEvent, sampleInvoice } from "../../samples/stripe-objects.ts";
import { rejects } from "../helpers/rejects.ts";
import { type Serving, startServing } from "../helpers/serving.ts";

const test = suite("AWS's calls, by the real SDK");

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

test("hands out attributes only to whoever asks for them, as SQS does", async () => {
  serving.parked.send("{}", 1000, { ERROR_CODE: "X" });
  const [message] = await receive({ VisibilityTimeout: 0 });
  assert.equal([message?.Attributes, message?.MessageAttributes], [undefined, undefined]);
});

test("refuses as SQS does", async () => {
  const { sqs } = serving;
  const other = `${QueueUrl}-of-nobody`;
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

const call = async (target: string, body: string) => {
  const headers = { "x-amz-target": target };
  const response = await fetch(`${serving.url}/`, { method: "POST", headers, body });
  return { status: response.status, type: response.headers.get("content-type"), body: await response.json() };
};

test("names the calls that it knows to whoever makes another", async () => {
  for (const target of ["AmazonSQS.PurgeQueue", "constructor"]) {
    const { status, type, body } = await call(target, "{}");
    assert.equal([status, type, Object(body).__type], [400, "application/x-amz-json-1.0", "UnknownOperationException"]);
    assert.match(Object(body).message, `does not know ${target}; it knows AmazonSQS.ReceiveMessage`);
  }
});

const paid = (id: string, more = {}) => {
  const invoice = sampleInvoice({
    id: `in_${id}`,
    customer: `cus_${id}`,
    amount: 1,
    created: 1,
    paidAt: 1,
    start: 1,
    end: 2,
  });
  return serving.envelope(sampleEvent(`evt_${id}`, "invoice.payment_succeeded", 1, { ...invoice, ...more }));
};

const start = (input: string, more: object = {}) => {
  const stateMachineArn = serving.stack.stateMachines["payment-succeeded"];
  return serving.sfn.send(new StartSyncExecutionCommand({ stateMachineArn, name: "run-1", input, ...more }));
};

test("runs a state machine to its end, and answers with its output", async () => {
  const event = paid("ran");
  await serving.addPlaceholderUsers([event]);
  const { status, output, executionArn, startDate } = await start(JSON.stringify(event));
  assert.is(status, "SUCCEEDED");
  assert.equal(JSON.parse(`${output}`), { outcome: "applied", written: ["payments INVOICE#in_ran SUCCEEDED"] });
  assert.match(`${executionArn}`, ":express:dev-homebiyori-payment-succeeded:run-1");
  assert.instance(startDate, Date);
});

test("answers a failed execution with its error and cause, once its dead letter is in the queue", async () => {
  const event = paid("failed", { amount_paid: -1 });
  await serving.addPlaceholderUsers([event]);
  const { status, error, cause } = await start(JSON.stringify(event));
  assert.equal([status, error], ["FAILED", "InvalidEvent"]);
  assert.match(`${cause}`, "The event is in the dead-letter queue");
  assert.is(serving.deadLetters.messages.length, 1);
});

test("lets an operator do what the operator's policy allows alone, and says so as AWS does", async () => {
  const stateMachineArn = `${serving.stack.stateMachines["payment-succeeded"]}-2`;
  const { name, message } = await rejects(start("{}", { stateMachineArn }));
  assert.is(name, "AccessDeniedException");
  assert.match(message, "operator is not authorized to perform: states:StartSyncExecution on resource: ");
  assert.match(
    message,
    `${stateMachineArn} because no identity-based policy allows the states:StartSyncExecution action`,
  );
});

test("refuses to start as Step Functions does", async () => {
  // Whoever may start these machines alone is not told whether there is another.
  const unknown = serving.stack.stateMachines["payment-succeeded"]?.replace("dev-", "prod-");
  const cases: [string, object, string][] = [
    ["{}", { stateMachineArn: unknown }, "AccessDeniedException"],
    ["{", {}, "InvalidExecutionInput"],
    ["{}", { name: "a name" }, "InvalidName"],
    [JSON.stringify("ほ".repeat(100_000)), {}, "ValidationException"],
  ];
  for (const [input, more, name] of cases) assert.is((await rejects(start(input, more))).name, name);
});

test("keeps the queues' files right", async () => {
  const dataDirectory = mkdtempSync(join(tmpdir(), "homebiyori-"));
  const keeping = await startServing({ dataDirectory });
  const messagesIn = (name: string): unknown[] =>
    JSON.parse(readFileSync(join(dataDirectory, `dev-homebiyori-${name}.json`), "utf8"));
  try {
    await keeping.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "no JSON" }));
    assert.equal([messagesIn("dead-letter-queue").length, messagesIn("parked").length], [0, 1]);
    assert.is((await keeping.dump()).parked[0]?.body, "no JSON");
    const { Messages = [] } = await keeping.sqs.send(new ReceiveMessageCommand({ QueueUrl }));
    const ReceiptHandle = Messages[0]?.ReceiptHandle;
    await keeping.sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    assert.equal(messagesIn("parked"), []);
  } finally {
    await keeping.stop();
    rmSync(dataDirectory, { recursive: true });
  }
});

test.run();
