import { suite } from "uvu";
import * as assert from "uvu/assert";
import { makeQueue } from "../../../emulator/sqs/queue.ts";
import { InvalidReceiptHandle, MessageNotInFlight } from "../../../emulator/sqs/errors.ts";
import { thrown } from "../../helpers/rejects.ts";

const test = suite("queue");

const arn = "arn:aws:sqs:ap-northeast-1:123456789012:letters";
const url = "https://sqs.ap-northeast-1.amazonaws.com/123456789012/letters";

const make = (maxMessageBytes = 1024) =>
  makeQueue({ name: "letters", arn, url, maxMessageBytes, visibilityTimeoutSeconds: 60 });

test("has its names, and is empty at first", () => {
  const { name, arn: ownArn, url: ownUrl, messages } = make();
  assert.equal({ name, arn: ownArn, url: ownUrl, messages }, { name: "letters", arn, url, messages: [] });
});

test("keeps what is sent, in order, with its attributes and its time", () => {
  const queue = make();
  queue.send("one", 1000);
  queue.send("two", 2000, { ERROR_CODE: "NO_PERMISSIONS" });
  assert.equal(
    queue.messages.map(({ body, attributes, sentAt }) => ({ body, attributes, sentAt })),
    [
      { body: "one", attributes: {}, sentAt: 1000 },
      { body: "two", attributes: { ERROR_CODE: "NO_PERMISSIONS" }, sentAt: 2000 },
    ],
  );
});

test("gives each message an id of its own", () => {
  const queue = make();
  queue.send("same", 1);
  queue.send("same", 1);
  const [one, two] = queue.messages;
  assert.ok(one?.messageId && two?.messageId);
  assert.is.not(one.messageId, two.messageId);
});

test("takes a message of the greatest size in bytes, and refuses a larger one", () => {
  const queue = make(6);
  queue.send("ほめ", 1);
  assert.is(
    thrown(() => queue.send("ほめ!", 2)).message,
    "One or more parameters are invalid: the message has 7 bytes, and may have 6",
  );
  assert.is(queue.messages.length, 1);
});

test("hides what it returns, for its own visibility timeout or the requested one", () => {
  const queue = make();
  for (const body of ["one", "two", "three"]) queue.send(body, 0);
  const bodies = (maxMessages: number, now: number, timeoutSeconds?: number) =>
    queue.receive(maxMessages, now, timeoutSeconds).map(({ body }) => body);
  assert.equal(bodies(2, 0), ["one", "two"]);
  assert.equal(bodies(10, 0, 10), ["three"]);
  assert.equal([queue.inFlight(0), queue.inFlight(10_000), queue.inFlight(60_000)], [3, 2, 0]);
  assert.equal(bodies(10, 9_999), []);
  assert.equal(bodies(10, 10_000), ["three"]);
  assert.equal(bodies(10, 60_000), ["one", "two"]);
  assert.is(queue.messages.length, 3);
});

test("deletes by the newest handle only, and once", () => {
  const queue = make();
  queue.send("one", 0);
  const [first] = queue.receive(1, 0);
  const [second] = queue.receive(1, 60_000);
  queue.delete(`${first?.receiptHandle}`);
  assert.is(queue.messages.length, 1);
  queue.delete(`${second?.receiptHandle}`);
  queue.delete(`${second?.receiptHandle}`);
  assert.is(queue.messages.length, 0);
});

test("changes a message's visibility, and only while it is in flight", () => {
  const queue = make();
  queue.send("one", 0);
  const [first] = queue.receive(1, 0);
  queue.changeVisibility(`${first?.receiptHandle}`, 1000, 0);
  assert.is(queue.inFlight(1000), 0);
  assert.instance(
    thrown(() => queue.changeVisibility(`${first?.receiptHandle}`, 1000, 60)),
    MessageNotInFlight,
  );
  assert.instance(
    thrown(() => queue.delete("nonsense")),
    InvalidReceiptHandle,
  );
});

test.run();
