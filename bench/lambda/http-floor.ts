import { Agent, request } from "node:http";

// The least that calls of DynamoDB cost with Node: the very requests of a Lambda, ready-made, by node:http alone.

const { HTTP_FLOOR_REQUESTS = "[]", AWS_ENDPOINT_URL_DYNAMODB: endpoint = "" } = process.env;
const requests: { headers: Record<string, string>; body: string }[] = JSON.parse(HTTP_FLOOR_REQUESTS);
const agent = new Agent({ keepAlive: true });

const send = (headers: Record<string, string>, body: string): Promise<unknown> =>
  new Promise((done, fail) => {
    const sent = request(endpoint, { method: "POST", headers, agent }, (answer) => {
      let text = "";
      answer.setEncoding("utf8");
      answer.on("data", (chunk: string) => (text += chunk));
      answer.on("end", () => done(JSON.parse(text)));
    });
    sent.on("error", fail);
    sent.end(body);
  });

/** Sends the requests, one after the other. */
export const handler = async (): Promise<void> => {
  for (const { headers, body } of requests) await send(headers, body);
};
