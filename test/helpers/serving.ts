import { makeAwsApi } from "../../emulator/aws-api.ts";
import type { Executions } from "../../emulator/stepfunctions/executions.ts";
import { urlOf } from "../../console/http/listen.ts";
import { listen } from "../../local/http/server.ts";
import type { Queue } from "../../emulator/sqs/queue.ts";
import type { RunnerArgs } from "../../local/runner.ts";
import { type Clients, clientsOf, localConfig } from "../../ops/command/clients.ts";
import { localStack, type Stack } from "../../ops/command/stack.ts";
import { type Running, startRunning } from "./running.ts";

/** A runner that listens as `npm start` does, and what an operator sees of it. */
export interface Serving extends Running, Clients {
  url: string;
  stack: Stack;
  deadLetters: Queue;
  parked: Queue;
}

/** Starts a runner that listens; its state machines may be started in another way than by themselves. */
export const startServing = async (
  args: Partial<RunnerArgs> = {},
  wrap: (executions: Executions) => Executions = (executions) => executions,
): Promise<Serving> => {
  const running = await startRunning(args);
  const { queues, outputs } = running;
  const aws = makeAwsApi({ ...running, executions: wrap(running.executions), now: () => Date.now() });
  const server = await listen(0, { take: (event) => running.handle(event), webhookSecret: undefined, aws, outputs });
  const url = urlOf(server);
  const stack = await localStack(url);
  const queueOf = (arn: string): Queue => {
    const queue = queues.all.find((candidate) => candidate.arn === arn);
    if (!queue) throw new Error(`There is no queue ${arn}`);
    return queue;
  };
  const clients = clientsOf(localConfig(stack.bus.arn, url));
  return {
    ...running,
    ...clients,
    url,
    stack,
    deadLetters: queueOf(stack.deadLetterQueue.arn),
    parked: queueOf(stack.parkedQueue.arn),
    stop: async () => {
      for (const client of Object.values(clients)) client.destroy();
      server.closeAllConnections();
      server.close();
      await running.stop();
    },
  };
};
