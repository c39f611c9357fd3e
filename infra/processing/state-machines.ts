import { StateMachine } from "./state-machine.ts";
import { workflows } from "../workflows.ts";

type Args = Omit<ConstructorParameters<typeof StateMachine>[1], "definition">;

/** The state machines of all workflows, by their names. */
export const makeStateMachines = (args: Args): Record<string, StateMachine> =>
  Object.fromEntries(workflows.map(({ name, definition }) => [name, new StateMachine(name, { ...args, definition })]));
