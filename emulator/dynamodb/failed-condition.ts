import { EventEmitter } from "node:events";
import { type IncomingMessage, ServerResponse } from "node:http";

/** Answers a request that was read already. */
export type AnswerRead = (
  request: Pick<IncomingMessage, "method" | "url" | "headers">,
  body: Buffer,
  response: ServerResponse,
) => void;

/** Has dynalite's server answer a request whose body was read already. */
export const answerBy =
  (tables: NodeJS.EventEmitter): AnswerRead =>
  ({ method, url, headers }, body, response) => {
    const [answer] = tables.listeners("request");
    // It gets the same request with a stream that emits the body again.
    const replayed = Object.assign(new EventEmitter(), { method, url, headers });
    answer?.call(tables, replayed, response);
    replayed.emit("data", body);
    replayed.emit("end");
  };

/**
 * Gives a write whose condition failed the item that it failed on, if it asked for that, which dynalite does not know.
 *
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateItem.html#DDB-UpdateItem-request-ReturnValuesOnConditionCheckFailure
 */
export const withFailedItem =
  (answer: AnswerRead): AnswerRead =>
  (request, body, response) => {
    const asked = body.includes('"ReturnValuesOnConditionCheckFailure":"ALL_OLD"');
    if (!asked) {
      answer(request, body, response);
      return;
    }
    const { TableName, Key } = JSON.parse(`${body}`);
    const written = answerInto(request, (status, text) => {
      if (status !== 400 || !text.includes("#ConditionalCheckFailedException")) {
        send(response, status, text);
        return;
      }
      const get = { ...request, headers: { ...request.headers, "x-amz-target": "DynamoDB_20120810.GetItem" } };
      const read = answerInto(get, (_, found) => {
        const { Item } = JSON.parse(found);
        send(response, status, JSON.stringify({ ...JSON.parse(text), ...(Item && { Item }) }));
      });
      answer(get, Buffer.from(JSON.stringify({ TableName, Key, ConsistentRead: true })), read);
    });
    answer(request, body, written);
  };

// Captures an answer in place of sending it.
const answerInto = (request: object, then: (status: number, text: string) => void): ServerResponse => {
  const response = new ServerResponse(request as IncomingMessage);
  return Object.assign(response, { end: (text: Buffer | string) => then(response.statusCode, `${text}`) });
};

const send = (response: ServerResponse, status: number, text: string): void => {
  response.writeHead(status, { "content-type": "application/x-amz-json-1.0" });
  response.end(text);
};
