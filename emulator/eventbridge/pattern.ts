/** Says whether an event matches. */
export type Matcher = (event: unknown) => boolean;

/**
 * Makes a matcher of an EventBridge pattern of exact values, which is all that the rules use.
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
    const operator = rule.find((value) => typeof value === "object" && value !== null);
    if (operator) throw new Error(`${at}: the runner does not know the operator ${Object.keys(operator).join()}`);
    return [key, (value) => valuesOf(value).some((one) => rule.includes(one))];
  });
  return (event) => fields.every(([key, matches]) => matches(isObject(event) ? event[key] : undefined));
};

// A field that is a list matches by any of its values; one that is not there has none.
const valuesOf = (value: unknown): readonly unknown[] => {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
};

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
