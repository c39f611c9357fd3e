import { array, define, enums, literal, object, optional, record, string, union, type Infer } from "superstruct";
import { validateInputs } from "../graph/validate-inputs.ts";

// A policy variable, ${…}, would be filled in by AWS; here it would be taken as it is written.
const Text = define<string>("a text", (value) => typeof value === "string" && !value.includes("${"));
const Texts = union([Text, array(Text)]);

const Keys = optional(record(string(), Texts));

const Statement = object({
  Sid: optional(string()),
  Effect: enums(["Allow", "Deny"]),
  Principal: optional(union([literal("*"), record(string(), Texts)])),
  Action: Texts,
  Resource: optional(Texts),
  Condition: optional(object({ StringEquals: Keys, StringLike: Keys, ArnEquals: Keys, ArnLike: Keys, Bool: Keys })),
});

const Policy = object({ Version: literal("2012-10-17"), Statement: array(Statement) });

/** One statement of a policy, in as much of IAM's language as this program's policies use. */
export type Statement = Infer<typeof Statement>;

/** What a caller wants to do. */
export interface Request {
  action: string;
  resource: string;
  /** The caller, where the policy names a principal: a service, or a role's ARN. */
  principal?: string;
  /** The condition keys of the request, such as `aws:SourceArn`. */
  context?: Record<string, string>;
}

/** How statements decide a request: one must allow it, and none may deny it. */
export type Decision = "allowed" | "not allowed" | "denied";

/** Reads a policy document; refuses, by its path, what the emulator does not evaluate exactly as IAM does. */
export const readPolicy = (document: unknown, name: string): Statement[] =>
  validateInputs(JSON.parse(`${document}`), Policy, name).Statement;

/** Evaluates these statements for a request. */
export const decide = (statements: readonly Statement[], request: Request): Decision => {
  const matching = statements.filter((statement) => matches(statement, request));
  if (matching.some(({ Effect }) => Effect === "Deny")) return "denied";
  return matching.length > 0 ? "allowed" : "not allowed";
};

/** Whether these statements allow a request. */
export const allows = (statements: readonly Statement[], request: Request): boolean =>
  decide(statements, request) === "allowed";

/** One or several texts of a statement, as a list. */
export const listOf = (texts: Infer<typeof Texts> = []): string[] => [texts].flat();

/** One key of a statement's condition; one of its values must hold. */
export interface Condition {
  operator: string;
  key: string;
  values: string[];
}

/** The conditions of a statement, all of which must hold. */
export const conditionsOf = ({ Condition: operators = {} }: Statement): Condition[] =>
  Object.entries(operators).flatMap(([operator, keys = {}]) =>
    Object.entries(keys).map(([key, values]) => ({ operator, key, values: listOf(values) })),
  );

const matches = (statement: Statement, request: Request): boolean =>
  some(statement.Action, (pattern) => like(pattern.toLowerCase(), request.action.toLowerCase())) &&
  (statement.Resource === undefined
    ? statement.Principal !== undefined
    : some(statement.Resource, (pattern) => like(pattern, request.resource))) &&
  (statement.Principal === undefined || isPrincipal(statement.Principal, request.principal)) &&
  conditionsOf(statement).every((condition) => holds(condition, valueOf(request, condition.key)));

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html: keys do not distinguish case.
const valueOf = ({ context = {} }: Request, key: string): string | undefined =>
  context[key] ?? Object.entries(context).find(([name]) => name.toLowerCase() === key.toLowerCase())?.[1];

const isPrincipal = (wanted: NonNullable<Statement["Principal"]>, principal: string | undefined): boolean =>
  wanted === "*" || Object.values(wanted).some((names) => some(names, (name) => name === "*" || name === principal));

const tests: Record<string, (pattern: string, value: string) => boolean> = {
  StringEquals: (pattern, value) => pattern === value,
  StringLike: (pattern, value) => like(pattern, value),
  ArnEquals: (pattern, value) => likeArn(pattern, value),
  ArnLike: (pattern, value) => likeArn(pattern, value),
  Bool: (pattern, value) => pattern === value,
};

// A key that the request does not have fails every one of these operators.
const holds = ({ operator, values }: Condition, value: string | undefined): boolean =>
  value !== undefined && values.some((pattern) => tests[operator]?.(pattern, value) === true);

const some = (texts: Infer<typeof Texts>, test: (text: string) => boolean): boolean => listOf(texts).some(test);

/**
 * Whether an ARN is as a pattern says, part by part: a * stands for nothing beyond a colon, but in the last of the six.
 *
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
export const likeArn = (pattern: string, value: string): boolean => {
  const [wanted, parts] = [partsOf(pattern), partsOf(value)];
  return wanted.length === parts.length && wanted.every((part, index) => like(part, parts[index] ?? ""));
};

const partsOf = (arn: string): string[] => {
  const parts = arn.split(":");
  return [...parts.slice(0, 5), ...(parts.length > 5 ? [parts.slice(5).join(":")] : [])];
};

const like = (pattern: string, text: string): boolean => {
  if (!/[*?]/.test(pattern)) return pattern === text;
  const expression = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${expression}$`, "s").test(text);
};
