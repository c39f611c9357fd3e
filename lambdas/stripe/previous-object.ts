/** Whether a value is a JSON object. */
export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * What an object was before its event: `previous_attributes` put back into it.
 *
 * Stripe names only what changed: nested objects merge, arrays are whole, and null stands for what was not there.
 */
export const applyPreviousAttributes = (object: unknown, previous: unknown): unknown => {
  if (!isObject(object) || !isObject(previous)) return previous;
  const before = Object.entries(previous).map(([key, value]) => [key, applyPreviousAttributes(object[key], value)]);
  return { ...object, ...Object.fromEntries(before) };
};
