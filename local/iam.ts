import { array, enums, literal, object, optional, record, string, union, type Infer } from "superstruct";
import { checked } from "./checked.ts";

const Texts = union([string(), array(string())]);

const operators = ["StringEquals", "StringLike", "ArnEquals", "ArnLike", "Bool"] as const;

const Statement = object({
  Sid: optional(string()),
  Effect: enums(["Allow", "Deny"]),
  Principal: optional(union([literal("*"), record(string(), Texts)])),
  Action: Texts,
  Resource: optional(Texts),
  Condition: optional(record(enums(operators), record(string(), Texts))),
});

const Policy = object({ Version: literal("2012-10-17"), Statement: array(Statement) });

/** One statement of a policy, in as much of IAM's language as this program's policies use. */
export type Statement = Infer<typeof Statement>;

/** What somebody wants to do. */
export interface Request {
  action: string;
  resource: string;
  /** Who asks, where the policy names a principal: a service, or a role's ARN. */
  principal?: string;
  /** What is known of the request, such as `aws:SourceArn`. */
  context?: Record<string, string>;
}

/** Reads a policy document; what is not understood exactly is refused, by its path. */
export const readPolicy = (document: unknown, name: string): Statement[] =>
  checked(JSON.parse(`${document}`), Policy, name).Statement;

/** Whether these statements allow a request: some statement must, and none may deny it. */
export const allows = (statements: readonly Statement[], request: Request): boolean => {
  const matching = statements.filter((statement) => matches(statement, request));
  return matching.length > 0 && matching.every(({ Effect }) => Effect === "Allow");
};

const matches = (statement: Statement, request: Request): boolean =>
  some(statement.Action, (pattern) => like(pattern.toLowerCase(), request.action.toLowerCase())) &&
  (statement.Resource === undefined
    ? statement.Principal !== undefined
    : some(statement.Resource, (pattern) => like(pattern, request.resource))) &&
  (statement.Principal === undefined || isPrincipal(statement.Principal, request.principal)) &&
  Object.entries(statement.Condition ?? {}).every(([operator, keys]) =>
    Object.entries(keys).every(([key, wanted]) => holds(operator, wanted, request.context?.[key])),
  );

const isPrincipal = (wanted: NonNullable<Statement["Principal"]>, principal: string | undefined): boolean =>
  wanted === "*" || Object.values(wanted).some((names) => some(names, (name) => name === "*" || name === principal));

// A key that the request does not have fails every one of these operators.
const holds = (operator: string, wanted: Infer<typeof Texts>, value: string | undefined): boolean => {
  if (value === undefined) return false;
  const isEqual = operator === "StringEquals" || operator === "Bool";
  return some(wanted, (pattern) => (isEqual ? pattern === value : like(pattern, value)));
};

const some = (texts: Infer<typeof Texts>, test: (text: string) => boolean): boolean => [texts].flat().some(test);

const like = (pattern: string, text: string): boolean => {
  if (!/[*?]/.test(pattern)) return pattern === text;
  const expression = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${expression}$`, "s").test(text);
};
