import { array, type Infer, object, optional, record, string, union, unknown } from "superstruct";
import type { EventIdOf } from "../../faults/faults.ts";
import type { Graph } from "../../graph/graph.ts";
import { validateInputs } from "../../graph/validate-inputs.ts";
import { AwsError } from "../../protocol/aws-call.ts";
import { ServiceError } from "../errors.ts";
import type { TaskCall } from "../task-handlers.ts";
import type { MachineRole } from "../machine-role.ts";

const fields = {
  EventBusName: string(),
  Source: optional(string()),
  DetailType: optional(string()),
  Resources: optional(array(string())),
};

/** An entry of PutEvents; what it may lack fails this entry alone. */
export const PutEventsEntry = object({ ...fields, Detail: optional(string()) });

export type PutEventsEntry = Infer<typeof PutEventsEntry>;

/** A call of PutEvents; the caller is authorized. */
export interface PutEventsCall {
  entries: readonly PutEventsEntry[];
  /** The state machine or the Lambda that makes it, by its name in AWS. */
  caller: string;
  /** The id of the event that it is made for, as a fault plan names it; a Lambda's calls have none. */
  eventId?: string;
}

/** What PutEvents answers: for each entry the id of its event, or why it failed. */
export interface PutEventsResult {
  FailedEntryCount: number;
  Entries: ({ EventId: string } | { ErrorCode: string; ErrorMessage: string })[];
}

/** EventBridge's PutEvents; throws an `AwsError` where the call as a whole fails. */
export type PutEvents = (call: PutEventsCall) => PutEventsResult;

/** What a task needs to put events on a bus. */
export interface PutEventsArgs {
  graph: Graph;
  putEvents: PutEvents;
  eventIdOf: EventIdOf;
}

// A Detail that is an object is turned into its text.
const Parameters = object({
  Entries: array(object({ ...fields, Detail: optional(union([string(), record(string(), unknown())])) })),
});

/** Makes a task put events on buses: https://docs.aws.amazon.com/step-functions/latest/dg/connect-eventbridge.html. */
export const putEventsTask =
  (
    { graph, putEvents, eventIdOf }: PutEventsArgs,
    role: MachineRole,
    machine: { name: string; arn: string },
  ): TaskCall =>
  async (parameters, executionInput, executionArn) => {
    const { Entries } = validateInputs(parameters, Parameters, "events:putEvents");
    for (const resource of busArnsOf(Entries, graph))
      role.assertAllowed(otherException, { action: "events:PutEvents", resource });
    const entries = Entries.map(({ Detail, Resources = [], ...entry }) => ({
      ...entry,
      ...(Detail !== undefined && { Detail: typeof Detail === "string" ? Detail : JSON.stringify(Detail) }),
      Resources: [...Resources, machine.arn, executionArn],
    }));
    const result = put(putEvents, { entries, caller: machine.name, eventId: eventIdOf(executionInput) });
    if (result.FailedEntryCount > 0) throw new ServiceError("EventBridge.FailedEntry", JSON.stringify(result));
    return result;
  };

// Step Functions has its names from the SDK for Java, where PutEvents throws this one besides InternalException. AWS documents none of
// them for this integration: a definition had better match States.TaskFailed.
const otherException = "EventBridge.EventBridgeException";

const put = (putEvents: PutEvents, call: PutEventsCall): PutEventsResult => {
  try {
    return putEvents(call);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    const name = error.name === "InternalException" ? "EventBridge.InternalException" : otherException;
    throw new ServiceError(name, error.message);
  }
};

/** The ARNs of the buses of some entries, each once. */
export const busArnsOf = (entries: readonly { EventBusName: string }[], { region, account }: Graph): string[] => {
  const names = new Set(entries.map(({ EventBusName }) => EventBusName));
  return [...names].map((name) =>
    name.startsWith("arn:") ? name : `arn:aws:events:${region}:${account}:event-bus/${name}`,
  );
};
