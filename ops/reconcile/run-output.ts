import { type Infer, integer, literal, record, string, type, union, validate } from "superstruct";
import { parseJson } from "../../emulator/graph/json.ts";
import { UserError } from "../command/errors.ts";

/** How many objects a reconciliation has compared, and what it found. */
export const Summary = type({
  pages: integer(),
  compared: integer(),
  equal: integer(),
  confirmed: integer(),
  // By kind; a stack of another version may have others.
  healed: record(string(), integer()),
  newer: integer(),
  unknownCustomers: integer(),
  deletedCustomers: integer(),
  noneOfOurs: integer(),
  refused: integer(),
  failed: integer(),
});

/** How many objects a reconciliation has compared, and what it found. */
export type Summary = Infer<typeof Summary>;

const Output = union([
  type({ run: type({ next: literal("done"), summary: Summary }) }),
  type({ run: type({ next: literal("execution"), summary: Summary, name: string() }) }),
]);

/** How an execution that succeeded ended. */
export interface RunOutput {
  /** Of all its pages, and of those of the executions before it. */
  summary: Summary;
  /** The name of the execution that goes on with it; null at the end. */
  continuedBy: string | null;
}

/** Reads the output of an execution that succeeded. */
export const readOutput = (text: string | undefined): RunOutput => {
  const [error, output] = validate(parseJson(`${text}`), Output);
  if (error)
    throw new UserError(`The execution's output is not what this version knows (${error.message}): redeploy the stack`);
  const { run } = output;
  return { summary: run.summary, continuedBy: run.next === "execution" ? run.name : null };
};

/** How many objects differ from Stripe's: each has a line in the log. */
export const differing = (summary: Summary): number => {
  const { newer, unknownCustomers, deletedCustomers, refused, failed } = summary;
  return healedIn(summary) + newer + unknownCustomers + deletedCustomers + refused + failed;
};

/** How many objects of all kinds were healed, or would be. */
export const healedIn = ({ healed }: Summary): number => Object.values(healed).reduce((sum, count) => sum + count, 0);
