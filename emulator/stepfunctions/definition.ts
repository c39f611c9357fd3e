import {
  array,
  define,
  enums,
  integer,
  literal,
  max,
  min,
  nullable,
  number,
  object,
  optional,
  pattern,
  record,
  refine,
  string,
  type Infer,
  type Struct,
} from "superstruct";
import { PutEventsTemplate } from "./tasks/put-events-template.ts";

// As much of the States Language as the interpreter runs exactly as AWS does. It ignores what it does not know, so everything else
// is refused here: intrinsic functions, JSONata, heartbeats, paths into arrays.

const plainPath = /^\$(\.\w+)*$/;
const Path = pattern(string(), plainPath);

// The interpreter's context object holds these, and no more.
const contextPaths = ["$$.Execution.Id", "$$.Execution.Input", "$$.Execution.StartTime", "$$.StateMachine.Id"];

const Template: Struct<unknown, null> = define("a template of plain paths", (value) => isTemplate(value));

const isTemplate = (value: unknown): boolean => {
  if (typeof value !== "object" || value === null) return true;
  if (Array.isArray(value)) return value.every(isTemplate);
  return Object.entries(value).every(([key, inner]) =>
    key.endsWith(".$") ? isTemplatePath(inner) : isTemplate(inner),
  );
};

const isTemplatePath = (path: unknown): boolean =>
  typeof path === "string" && (plainPath.test(path) || contextPaths.includes(path));

const Retrier = object({
  ErrorEquals: array(string()),
  IntervalSeconds: optional(min(integer(), 1)),
  MaxAttempts: optional(min(integer(), 0)),
  BackoffRate: optional(min(number(), 1)),
  MaxDelaySeconds: optional(min(integer(), 1)),
  JitterStrategy: optional(enums(["FULL", "NONE"])),
});

const Catcher = object({ ErrorEquals: array(string()), ResultPath: optional(nullable(Path)), Next: string() });

const common = { Comment: optional(string()) };
const next = { Next: optional(string()), End: optional(literal(true)) };

/** The services that a task may call, by the ARN of the call. */
export const taskResources = [
  "arn:aws:states:::events:putEvents",
  "arn:aws:states:::lambda:invoke",
  "arn:aws:states:::sqs:sendMessage",
  "arn:aws:states:::states:startExecution",
] as const;

/** The ARN of a service's call. */
export type TaskResource = (typeof taskResources)[number];

const AnyTask = object({
  ...common,
  ...next,
  Type: literal("Task"),
  Resource: enums(taskResources),
  Parameters: Template,
  TimeoutSeconds: min(integer(), 1),
  ResultSelector: optional(Template),
  ResultPath: optional(nullable(Path)),
  OutputPath: optional(Path),
  Retry: optional(array(Retrier)),
  Catch: optional(array(Catcher)),
});

const Task = refine(AnyTask, "Task", ({ Resource, Parameters }) => {
  const [error] = Resource === "arn:aws:states:::events:putEvents" ? PutEventsTemplate.validate(Parameters) : [];
  return !error || `Parameters: ${error.message}`;
});

const Pass = object({
  ...common,
  ...next,
  Type: literal("Pass"),
  Parameters: optional(Template),
  ResultPath: optional(nullable(Path)),
});

const Wait = refine(
  object({
    ...common,
    ...next,
    Type: literal("Wait"),
    Seconds: optional(max(min(integer(), 0), 99_999_999)),
    SecondsPath: optional(Path),
  }),
  "Wait",
  ({ Seconds, SecondsPath }) =>
    (Seconds === undefined) !== (SecondsPath === undefined) || "it has to have either Seconds or SecondsPath",
);

const Choice = object({
  ...common,
  Type: literal("Choice"),
  Choices: array(object({ Variable: Path, StringEquals: string(), Next: string() })),
  Default: string(),
});

const Succeed = object({ ...common, Type: literal("Succeed"), OutputPath: optional(Path) });

const Fail = object({
  ...common,
  Type: literal("Fail"),
  Error: optional(string()),
  ErrorPath: optional(Path),
  Cause: optional(string()),
});

const kinds = { Task, Pass, Wait, Choice, Succeed, Fail };

type Kind = (typeof kinds)[keyof typeof kinds];

const State = define<Infer<Kind>>("State", (value, context) => {
  const kind = Object.entries(kinds).find(([type]) => type === Object(value).Type)?.[1];
  if (!kind) return `the emulator runs no state of the Type ${Object(value).Type}`;
  const [error] = kind.validate(value);
  if (!error) return true;
  return error.failures().map((failure) => ({
    message: `${failure.path.join(".")}: ${failure.message}`,
    path: [...context.path, ...failure.path],
  }));
});

const isLast = ({ Type }: Infer<typeof State>): boolean => Type === "Choice" || Type === "Succeed" || Type === "Fail";

/** The states that may follow a state. */
export const nextOf = (state: Infer<typeof State>): string[] => {
  const after = "Next" in state && state.Next !== undefined ? [state.Next] : [];
  if (state.Type === "Choice") return [...state.Choices.map((choice) => choice.Next), state.Default];
  return state.Type === "Task" ? [...after, ...(state.Catch ?? []).map((catcher) => catcher.Next)] : after;
};

/** A state machine's definition, in as much of the States Language as the emulator runs exactly as AWS does. */
export const Definition = refine(
  object({ Comment: string(), StartAt: string(), TimeoutSeconds: min(integer(), 1), States: record(string(), State) }),
  "Definition",
  ({ StartAt, States }) => {
    const open = Object.entries(States).find(([, state]) => "Next" in state === "End" in state && !isLast(state));
    if (open) return `state ${open[0]} has to have either Next or End`;
    const unknown = [StartAt, ...Object.values(States).flatMap(nextOf)].find((name) => !Object.hasOwn(States, name));
    return unknown === undefined || `there is no state ${unknown}, which is named as the next`;
  },
);

export type Definition = Infer<typeof Definition>;
