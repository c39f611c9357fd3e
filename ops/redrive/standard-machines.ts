import { string, type } from "superstruct";
import type { BackgroundMachine } from "../../infra/workflows.ts";
import { parse } from "../../lambdas/runtime/parse.ts";

/** What a dead letter is called, and what a redrive starts its state machine with. */
export interface Restart {
  id: string;
  input: object;
}

type ReadRestart = (message: unknown, executionName: string) => Restart;

const HealLetter = type({ event: type({ subscriptionId: string() }) });
const RunLetter = type({ event: type({ run: type({}) }) });

/**
 * How the Standard state machines are restarted, by their names: their dead letters have the input of the execution that failed in
 * the place of an event. Each throws `InvalidEvent` for a message with another input.
 */
export const standardMachines: Readonly<Record<string, ReadRestart>> = {
  "heal-subscription": (message) => {
    const { event: heal } = parse(message, HealLetter);
    // It has waited for the missing event already.
    return { id: heal.subscriptionId, input: { ...heal, waitSeconds: 0 } };
  },
  reconcile: (message, executionName) => ({
    id: executionName.replace(/^redrive-\d+-[0-9a-z]+-/, ""),
    input: parse(message, RunLetter).event,
  }),
} satisfies Record<BackgroundMachine, ReadRestart>;
