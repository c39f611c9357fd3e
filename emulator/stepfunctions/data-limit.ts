/** Step Functions' limit on the input of an execution, and on the input and output of each state, in bytes. */
export const largestData = 262_144;

/** How many bytes a value has as JSON. */
export const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value) ?? "");
