import http from "node:http";
import https from "node:https";

/** What came back: the status, and the body. */
export interface Answer {
  status: number;
  text: string;
}

// One of each per container; their connections are kept for the next call.
const plain = { request: http.request, agent: new http.Agent({ keepAlive: true }) };
const secure = { request: https.request, agent: new https.Agent({ keepAlive: true }) };

/** Posts a text; throws what Node does for a connection that breaks, and a `TimeoutError` if so many milliseconds pass in silence. */
export const post = (
  { protocol, hostname, port }: URL,
  headers: Record<string, string>,
  body: string,
  milliseconds: number,
): Promise<Answer> =>
  new Promise((done, fail) => {
    const { request, agent } = protocol === "http:" ? plain : secure;
    const options = { hostname, port, path: "/", method: "POST", headers, agent, timeout: milliseconds };
    const sent = request(options, (answer) => {
      let text = "";
      answer.setEncoding("utf8");
      answer.on("data", (part: string) => (text += part));
      answer.on("end", () => done({ status: answer.statusCode ?? 0, text }));
      answer.on("error", fail);
    });
    sent.on("timeout", () => sent.destroy(new TimeoutError(`${hostname} was silent for ${milliseconds} ms`)));
    sent.on("error", fail);
    sent.end(body);
  });

class TimeoutError extends Error {
  override readonly name = "TimeoutError";
}
