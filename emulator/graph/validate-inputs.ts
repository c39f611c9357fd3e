import { type Failure, type Struct, validate } from "superstruct";
import { EmulatorError } from "./errors.ts";

/** Makes the error for a value that is not as its struct says, from the path to it and the first failure. */
export type Refuse = (path: string, failure: Failure) => Error;

/** Returns what the struct makes of a value, or throws an `EmulatorError` that names `title`, or else the error that `title` makes. */
export const validateInputs = <T, S>(value: unknown, struct: Struct<T, S>, title: string | Refuse): T => {
  const [error, result] = validate(value, struct);
  if (!error) return result;
  const [failure] = error.failures();
  if (!failure) throw error;
  const refuse = typeof title === "string" ? refusing(title) : title;
  throw refuse(failure.path.join(".") || "the whole of it", failure);
};

const refusing =
  (title: string): Refuse =>
  (path, { message }) =>
    new EmulatorError(`${title}: the emulator does not run this as AWS does, at ${path}: ${message}`);
