import { parseJson } from "../../emulator/graph/json.ts";

/** The message of a failure by its cause: a Lambda's cause is its error as JSON, any other is the message itself. */
export const failureMessage = (cause = ""): string => {
  const { errorMessage } = Object(parseJson(cause));
  return typeof errorMessage === "string" ? errorMessage : cause;
};
