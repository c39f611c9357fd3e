import { EmulatorError } from "../graph/errors.ts";
import { isObject } from "../graph/json.ts";

/** Says whether an event matches. */
export type Matcher = (event: unknown) => boolean;

/**
 * Compiles an EventBridge pattern of exact values, the only kind that the emulator matches.
 *
 * @throws for any other operator.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 */
export const compilePattern = (pattern: unknown, path = "pattern"): Matcher => {
  if (!isObject(pattern)) throw new EmulatorError(`${path}: expected an object of fields`);
  const fields = Object.entries(pattern).map(([key, rule]): [string, Matcher] => {
    const at = `${path}.${key}`;
    if (key.startsWith("$")) throw new EmulatorError(`${at}: the emulator does not know this operator`);
    if (!Array.isArray(rule)) return [key, compilePattern(rule, at)];
    if (rule.length === 0) throw new EmulatorError(`${at}: an empty list matches nothing, and EventBridge refuses it`);
    const operator = rule.find((value) => typeof value === "object" && value !== null);
    if (operator)
      throw new EmulatorError(`${at}: the emulator does not know the operator ${Object.keys(operator).join()}`);
    return [key, (value) => valuesOf(value).some((one) => rule.includes(one))];
  });
  return (event) => fields.every(([key, matches]) => matches(isObject(event) ? event[key] : undefined));
};

// A field that is a list matches by any of its values; one that is not there has none.
const valuesOf = (value: unknown): readonly unknown[] => {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
};
