import { suite } from "uvu";
import * as assert from "uvu/assert";
import { makeQueue } from "../../local/queue.ts";
import { thrown } from "../helpers/rejects.ts";

const test = suite("queue");

const arn = "arn:aws:sqs:ap-northeast-1:123456789012:letters";
const url = "https://sqs.ap-northeast-1.amazonaws.com/123456789012/letters";

const make = (maxMessageBytes = 1024) => makeQueue("letters", arn, url, maxMessageBytes);

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

test.run();
