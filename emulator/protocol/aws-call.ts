import { type Struct, validate } from "superstruct";

/** An error under AWS's own name for it, which the SDK makes an exception of. */
export class AwsError extends Error {
  override readonly name: string;

  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

/** What a call of AWS's was given; throws an `AwsError` for what the runner does not answer exactly as AWS does. */
export const inputOf = <T, S>(input: unknown, struct: Struct<T, S>): T => {
  const [error, result] = validate(input, struct);
  if (!error) return result;
  throw new AwsError("ValidationException", `The runner does not take this: ${error.message}`);
};
