import { object, string, unknown } from "superstruct";
import type { EventIdOf, InjectFault } from "../../faults/faults.ts";
import { validateInputs } from "../../graph/validate-inputs.ts";
import type { Queue } from "../../sqs/queue.ts";
import type { Clock } from "../../time/clock.ts";
import { ServiceError } from "../errors.ts";
import type { TaskCall } from "../task-handlers.ts";
import type { MachineRole } from "../machine-role.ts";

/** What a task needs to send a message to a queue. */
export interface SendMessageArgs {
  queues: Queue[];
  clock: Clock;
  inject: InjectFault;
  eventIdOf: EventIdOf;
}

const Parameters = object({ QueueUrl: string(), MessageBody: unknown() });

/** Makes a task send a message to a queue: https://docs.aws.amazon.com/step-functions/latest/dg/connect-sqs.html. */
export const sendMessage =
  ({ queues, clock, inject, eventIdOf }: SendMessageArgs, role: MachineRole): TaskCall =>
  async (parameters, executionInput) => {
    const { QueueUrl, MessageBody } = validateInputs(parameters, Parameters, "sqs:sendMessage");
    const queue = queues.find(({ url }) => url === QueueUrl);
    if (!queue) throw new ServiceError("SQS.QueueDoesNotExistException", `The queue ${QueueUrl} does not exist`);
    const request = { action: "sqs:SendMessage", resource: queue.arn, context: { "aws:SecureTransport": "true" } };
    role.assertAllowed("SQS.SqsException", request);
    const eventId = eventIdOf(executionInput);
    if (inject("queue", eventId, eventId)) throw new ServiceError("SQS.SqsException", "Injected: the queue refuses");
    return { MessageId: queue.send(JSON.stringify(MessageBody), clock.now()).messageId };
  };
