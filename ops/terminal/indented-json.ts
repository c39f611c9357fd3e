// Deeper than that, the indentation of each line would be most of the text, a thousand times what there is to read.
const deepest = 50;

/** A value as JSON: indented, unless it is nested so deep that the indentation would be most of it. */
export const indentedJson = (value: unknown): string => {
  const text = JSON.stringify(value) ?? "undefined";
  return depthOf(text) > deepest ? text : (JSON.stringify(value, null, 2) ?? text);
};

// About: brackets within texts count too.
const depthOf = (json: string): number => {
  let [depth, most] = [0, 0];
  for (const character of json) {
    if (character === "{" || character === "[") depth += 1;
    if (character === "}" || character === "]") depth -= 1;
    most = Math.max(most, depth);
  }
  return most;
};
