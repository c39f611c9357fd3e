import type { Definition } from "../../emulator/stepfunctions/definition.ts";

/** A way from one state of a definition to another. */
export interface Transition {
  from: string;
  to: string;
  /** What it is taken for, where there are several. */
  label?: string | undefined;
  /** Whether it is taken where the state has failed. */
  isCatch: boolean;
}

/** All ways between the states of a definition. */
export const transitionsOf = ({ States }: Definition): Transition[] =>
  Object.entries(States).flatMap(([from, state]): Transition[] => {
    if (state.Type === "Choice") {
      const choices = state.Choices.map(({ StringEquals, Next }) => ({ from, to: Next, label: StringEquals }));
      return [...choices, { from, to: state.Default, label: "else" }].map((one) => ({ ...one, isCatch: false }));
    }
    const next = "Next" in state && state.Next !== undefined ? [{ from, to: state.Next, isCatch: false }] : [];
    const catches = state.Type === "Task" ? (state.Catch ?? []) : [];
    return [...next, ...catches.map(({ Next }) => ({ from, to: Next, label: "error", isCatch: true }))];
  });
