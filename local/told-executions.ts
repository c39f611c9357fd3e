import type { Executions } from "../emulator/stepfunctions/executions.ts";
import { type Outcome, outcomeOf } from "./outcome.ts";

/** The same executions, but for those that an operator starts: `tell` is told what became of the event then. */
export const toldExecutions = (executions: Executions, tell: (outcome: Outcome) => void): Executions => ({
  ...executions,
  start: async (machineArn, name, input) => {
    const since = performance.now();
    const execution = await executions.start(machineArn, name, input);
    // An operator may start one with anything.
    const { id, type } = Object(Object(input).detail);
    const detail = { id: `${id}`, type: `${type}` };
    if (execution) tell({ ...outcomeOf({ detail }, [{ execution }], since), again: "redriven" });
    return execution;
  },
});
