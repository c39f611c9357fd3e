import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { optional, record, string, type Infer, type, validate } from "superstruct";
import { Unusable } from "../unusable.ts";

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
  /** The address of the runner's DynamoDB. */
  dynamodb: optional(string()),
});

/** What a deployed stack, or the running runner, says that it has. */
export type Stack = Infer<typeof Stack>;

const root = join(import.meta.dirname, "../..");

/** The outputs of a deployed stack, as the Pulumi CLI tells them. */
export const deployedStack = async (name: string): Promise<Stack> => {
  const args = ["pulumi", "stack", "output", "--json", "--stack", name];
  const { stdout } = await promisify(execFile)("npx", args, { cwd: root }).catch((error: unknown) => {
    // Pulumi says itself what is wrong, such as that there is no such stack.
    const said = String(Object(error).stderr ?? "").trim();
    throw new Unusable(`npx ${args.join(" ")}: ${said || error}`, { cause: error });
  });
  return stackOf(stdout, `stack ${name}`);
};

/** What the runner at this address exports. */
export const localStack = async (url: string): Promise<Stack> => {
  const response = await fetch(new URL("/stack", url)).catch((error: unknown) => {
    throw new Unusable(`Nothing answers at ${url}: run npm start in another terminal`, { cause: error });
  });
  return stackOf(await response.text(), url);
};

const stackOf = (text: string, name: string): Stack => {
  const [error, stack] = validate(jsonOf(text, name), Stack);
  if (!error) return stack;
  throw new Unusable(`${name} has not the outputs that this needs (${error.message}): deploy it as it is now`);
};

const jsonOf = (text: string, name: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Unusable(`${name} answers with no JSON: ${text.slice(0, 60)}`, { cause: error });
  }
};
