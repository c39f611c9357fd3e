import { once } from "node:events";
import { createServer } from "node:http";
import { urlOf } from "../../console/http/listen.ts";

/** A Parameter Store on loopback, as far as the Lambdas ask it. */
export interface ParameterStore {
  /** The value of its one parameter. */
  value: string;
  /** What it was asked for: each call's target and input. */
  asked: unknown[];
  stop(): void;
}

/** Starts a Parameter Store, which the Lambdas' handlers use when they run in this process. */
export const startParameterStore = async (value: string): Promise<ParameterStore> => {
  const asked: unknown[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    asked.push([request.headers["x-amz-target"], JSON.parse(Buffer.concat(chunks).toString())]);
    response.setHeader("content-type", "application/x-amz-json-1.1");
    response.end(JSON.stringify({ Parameter: { Name: "the-key", Type: "SecureString", Value: store.value } }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const store: ParameterStore = {
    value,
    asked,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
  Object.assign(process.env, {
    AWS_REGION: "ap-northeast-1",
    AWS_ACCESS_KEY_ID: "TESTS",
    AWS_SECRET_ACCESS_KEY: "none",
    AWS_ENDPOINT_URL_SSM: urlOf(server),
    STRIPE_KEY_PARAMETER: "the-key",
  });
  return store;
};
