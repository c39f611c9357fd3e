import { makeMetrics } from "../../emulator/cloudwatch/metrics.ts";
import { createServer } from "node:http";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import type { Envelope } from "../../emulator/eventbridge/envelope.ts";
import { makePutEvents } from "../../emulator/eventbridge/put-events.ts";
import { AwsError } from "../../emulator/protocol/aws-call.ts";
import { VirtualClock } from "../../emulator/time/clock.ts";
import { graphOf } from "./stack.ts";

/** A bus on loopback, for the Lambdas' handlers that run in this process. */
export interface BillingBus {
  /** The entries of each call of PutEvents. */
  calls: Record<string, unknown>[][];
  events: Envelope[];
  /** What is wrong with the next calls, as in a fault plan; one for each. */
  faults: string[];
}

let started: Promise<{ bus: BillingBus; url: string }> | undefined;

/** Starts it, once for all tests, as the Lambdas' client stays, and empties it; another test may have put back the environment since. */
export const startBillingBus = async (): Promise<BillingBus> => {
  started ??= start();
  const { bus, url } = await started;
  process.env["AWS_ENDPOINT_URL_EVENTBRIDGE"] = url;
  for (const list of [bus.calls, bus.events, bus.faults]) list.length = 0;
  return bus;
};

const start = async () => {
  const bus: BillingBus = { calls: [], events: [], faults: [] };
  const putEvents = makePutEvents({
    metrics: makeMetrics(new VirtualClock(), 1),
    graph: await graphOf("dev"),
    clock: new VirtualClock(0),
    inject: () => bus.faults.shift() ?? null,
    publish: (_, event) => void bus.events.push(event),
  });
  const answer = (entries: never[]): { status: number; body: object } => {
    try {
      return { status: 200, body: putEvents({ entries, caller: "tests" }) };
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      return { status: 400, body: { __type: error.name, message: error.message } };
    }
  };
  const server = createServer(async (request, response) => {
    const { Entries } = JSON.parse(await text(request));
    bus.calls.push(Entries);
    const { status, body } = answer(Entries);
    response.writeHead(status, { "content-type": "application/x-amz-json-1.1" });
    response.end(JSON.stringify(body));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  // It ends with this process.
  server.unref();
  return { bus, url: `http://127.0.0.1:${Object(server.address()).port}` };
};
