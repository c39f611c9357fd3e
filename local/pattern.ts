/** Says whether an event matches. */
export type Matcher = (event: unknown) => boolean;

type Field = (values: readonly unknown[]) => boolean;

/**
 * Makes a matcher of an EventBridge pattern: exact values, `prefix`, `anything-but` of values, and `exists`.
 *
 * @throws for any other operator.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 */
export const compilePattern = (pattern: unknown, path = "pattern"): Matcher => {
  if (!isObject(pattern)) throw new Error(`${path}: expected an object of fields`);
  const fields = Object.entries(pattern).map(([key, rule]): [string, Matcher] => {
    const at = `${path}.${key}`;
    if (key.startsWith("$")) throw new Error(`${at}: the runner does not know this operator`);
    if (!Array.isArray(rule)) return [key, compilePattern(rule, at)];
    if (rule.length === 0) throw new Error(`${at}: an empty list matches nothing, and EventBridge refuses it`);
    const tests = rule.map((value, index) => compileValue(value, `${at}.${index}`));
    return [key, (value) => tests.some((test) => test(valuesOf(value)))];
  });
  return (event) => fields.every(([key, matches]) => matches(isObject(event) ? event[key] : undefined));
};

const compileValue = (value: unknown, path: string): Field => {
  if (!isObject(value)) return (values) => values.includes(value);
  const [[operator, operand] = ["nothing", null], ...others] = Object.entries(value);
  if (others.length > 0) throw new Error(`${path}: expected one operator`);
  if (operator === "prefix" && typeof operand === "string") {
    return (values) => values.some((text) => typeof text === "string" && text.startsWith(operand));
  }
  if (operator === "anything-but" && !isObject(operand)) {
    const excluded = [operand].flat();
    return (values) => values.some((candidate) => !excluded.includes(candidate));
  }
  if (operator === "exists" && typeof operand === "boolean") {
    return (values) => values.length > 0 === operand;
  }
  throw new Error(`${path}: the runner does not know the operator ${operator} of this form`);
};

// A field that is a list matches by any of its values; one that is not there has none.
const valuesOf = (value: unknown): readonly unknown[] => {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
};

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
