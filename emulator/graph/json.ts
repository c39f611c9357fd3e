/**
 * Reads JSON.
 *
 * @throws {SyntaxError} for other text; unlike the engine's own error it never quotes the text, which may hold personal data.
 */
export const readJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    const message = error instanceof Error ? error.message : `${error}`;
    throw new SyntaxError(message.endsWith("is not valid JSON") ? "This is not valid JSON" : message);
  }
};

/** Parses a text that may not be JSON; undefined if it is not. */
export const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** Whether a value is an object with fields: neither null nor a list. */
export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
