import { type Failure, type Struct, validate } from "superstruct";
import { InvalidEvent } from "./errors.ts";

/** Returns `value`, which is at that path, as the struct has it, or throws an `InvalidEvent` that names the path and what was expected there. */
export const parse = <T, S>(value: unknown, struct: Struct<T, S>, at: readonly string[] = []): T => {
  const [error, parsed] = validate(value, struct, { coerce: true });
  if (error) throw new InvalidEvent(describe(error, at));
  return parsed;
};

// The value may be personal, a name or an address, so only what cannot be is quoted.
const describe = ({ path, message, value }: Failure, at: readonly string[]): string => {
  const expected = message
    .replace(/^At path: .* -- /, "")
    .replace(/,? but received.*$/s, "")
    .replace(/^Expected/, "expected");
  return `${[...at, ...path].join(".") || "event"}: ${expected}, got ${shown(value)}`;
};

const shown = (value: unknown): string => {
  if (value === undefined) return "nothing";
  if (value === null || typeof value === "number" || typeof value === "boolean") return `${value}`;
  if (value === "") return "an empty string";
  if (Array.isArray(value)) return "an array";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
};
