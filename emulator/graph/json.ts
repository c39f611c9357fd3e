/**
 * Reads JSON.
 *
 * @throws {SyntaxError} for what is none; unlike the engine's own it never quotes a part of it, as that may be somebody's name.
 */
export const readJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    const message = error instanceof Error ? error.message : `${error}`;
    throw new SyntaxError(message.endsWith("is not valid JSON") ? "This is not valid JSON" : message);
  }
};

/** What a text is as JSON; undefined for a text that is not JSON. */
export const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
