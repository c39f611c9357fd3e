import { inspect } from "node:util";
import { messageForUser, UserError } from "../../ops/command/errors.ts";
import { idOption, timeOption } from "../../ops/command/option-values.ts";
import { type Run, type RunEnd, type RunOptions, startRun } from "../../ops/reconcile/start-run.ts";
import { escapeLines } from "../../ops/terminal/escape.ts";
import type { ConsoleArgs } from "../console-args.ts";

/** A reconciliation that was started here. */
export interface Reconciliation {
  run: Run;
  options: RunOptions;
  /** In milliseconds since 1970. */
  at: number;
  /** Null while it runs. */
  end: RunEnd | null;
  /** Why it can be followed no longer; null if it can. */
  problem: string | null;
}

/** The newest reconciliations that were started here. */
export interface Reconciliations {
  /** Starts what a form asks for, and goes on following it. */
  start(form: Record<string, string>): Promise<void>;
  /** The newest first. */
  all(): readonly Reconciliation[];
}

const kept = 5;

// Lines of a log come late.
const quietSeconds = 20;

/** Makes the empty list of a stack's reconciliations. */
export const makeReconciliations = ({ target, now, ending }: ConsoleArgs): Reconciliations => {
  const all: Reconciliation[] = [];
  return {
    all: () => all,
    start: async (form) => {
      const options = optionsOf(form);
      const one: Reconciliation = {
        run: await startRun(target, options),
        options,
        at: now(),
        end: null,
        problem: null,
      };
      all.unshift(one);
      all.splice(kept);
      void follow(one, ending);
    },
  };
};

const follow = async (one: Reconciliation, signal: AbortSignal): Promise<void> => {
  try {
    one.end = await one.run.follow({ signal, quietSeconds });
  } catch (error) {
    const message = messageForUser(error);
    if (message === null) console.error(escapeLines(inspect(error)));
    one.problem = message ?? `${error}`;
  }
};

const optionsOf = ({ mode, since, only }: Record<string, string>): RunOptions => ({
  ...(mode !== "heal" && { dryRun: true }),
  ...(since !== undefined && { since: timeOption(since) }),
  ...(only !== undefined && onlyOf(only)),
});

const onlyOf = (id: string): RunOptions => {
  if (id.startsWith("sub_")) return { subscription: idOption("sub_")(id) };
  if (id.startsWith("cus_")) return { customer: idOption("cus_")(id) };
  throw new UserError(`${id} is neither a subscription, sub_…, nor a customer, cus_…`);
};
