import { type Struct, validate } from "superstruct";

/** Returns what the struct makes of a value, or throws an error that says what in `name` the runner cannot run exactly as AWS does. */
export const checked = <T, S>(value: unknown, struct: Struct<T, S>, name: string): T => {
  const [error, result] = validate(value, struct);
  if (!error) return result;
  const [failure] = error.failures();
  const path = failure?.path.join(".") || "the whole of it";
  throw new Error(`${name}: the runner does not run this as AWS does, at ${path}: ${failure?.message}`);
};
