import { createServer } from "node:http";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { urlOf } from "../../console/http/listen.ts";

/** Answers a call by its target without the service, such as `StartExecution`; throws an error by whose name AWS refuses it. */
export type ScriptedCalls = Record<string, (input: Record<string, string>) => object>;

/** A stack whose AWS answers by a script, over HTTP as the runner's does. */
export interface ScriptedAws {
  url: string;
  stop(): void;
}

/** Serves the outputs of a stack, and answers calls; each test sets its own. */
export const startScriptedAws = async (outputs: object, calls: () => ScriptedCalls): Promise<ScriptedAws> => {
  const server = createServer(async (request, response) => {
    const body = await text(request);
    const [, operation = ""] = `${request.headers["x-amz-target"]}`.split(".");
    const answer = (status: number, value: object): void => {
      response.writeHead(status, { "content-type": "application/x-amz-json-1.0" }).end(JSON.stringify(value));
    };
    if (request.url === "/stack") return answer(200, outputs);
    try {
      const call = calls()[operation];
      if (!call) throw Object.assign(new Error(`There is no script for ${operation}`), { name: "UnknownOperation" });
      answer(200, call(JSON.parse(body)));
    } catch (error) {
      answer(400, { __type: Object(error).name, message: Object(error).message });
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: urlOf(server),
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
};
