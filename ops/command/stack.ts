import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { optional, record, string, type Infer, type, validate } from "superstruct";
import { parseJson } from "../../emulator/graph/json.ts";
import { UserError } from "./errors.ts";

const Queue = type({ url: string(), arn: string() });

const Stack = type({
  eventSource: string(),
  bus: type({ name: string(), arn: string() }),
  archive: type({ name: string(), arn: string() }),
  rules: record(string(), string()),
  stateMachines: record(string(), string()),
  deadLetterQueue: Queue,
  parkedQueue: Queue,
  /** The log group of each Lambda and each state machine, by its name. */
  logGroups: record(string(), string()),
  tables: type({ core: string(), payments: string() }),
  /** The endpoint of the runner's DynamoDB. */
  dynamodb: optional(string()),
});

/** The outputs of a deployed stack or of the local runner, as far as the commands use them. */
export type Stack = Infer<typeof Stack>;

const root = join(import.meta.dirname, "../..");

/** Reads the outputs of a deployed stack from the Pulumi CLI. */
export const deployedStack = async (name: string): Promise<Stack> => {
  const args = ["pulumi", "stack", "output", "--json", "--stack", name];
  const { stdout } = await promisify(execFile)("npx", args, { cwd: root }).catch((error: unknown) => {
    // Pulumi says itself what is wrong, such as that there is no such stack.
    const reason = String(Object(error).stderr ?? "").trim();
    throw new UserError(`npx ${args.join(" ")}: ${reason || error}`, { cause: error });
  });
  return readStack(stdout, `stack ${name}`);
};

/** Reads the outputs of the runner at this URL. */
export const localStack = async (url: string): Promise<Stack> => {
  const response = await fetch(new URL("/stack", url)).catch((error: unknown) => {
    throw new UserError(`Nothing answers at ${url}: run npm start in another terminal`, { cause: error });
  });
  return readStack(await response.text(), url);
};

const readStack = (text: string, name: string): Stack => {
  const outputs = parseJson(text);
  if (outputs === undefined) throw new UserError(`${name} did not answer with JSON: ${text.trim().slice(0, 60)}`);
  return stackOf(outputs, name);
};

/** The outputs of the stack of this name, as far as the commands use them; throws a `UserError` if one is missing. */
export const stackOf = (outputs: unknown, name: string): Stack => {
  const [error, stack] = validate(outputs, Stack);
  if (!error) return stack;
  throw new UserError(`${name} lacks outputs that this command needs (${error.message}): redeploy it`, {
    cause: error,
  });
};
