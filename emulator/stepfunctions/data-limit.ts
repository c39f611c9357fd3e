/** Step Functions' limit on the input of an execution, and on what goes in and out of each state, in bytes. */
export const largestData = 262_144;

/** How many bytes something has as JSON. */
export const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value) ?? "");

/** What ends an execution whose data are larger than that; no state can catch it, nor try again. */
export const dataLimitExceeded = (state: string): Error =>
  Object.assign(new Error(`The data of state ${state} have more than ${largestData} bytes`), {
    name: "States.DataLimitExceeded",
    // So the interpreter says of an error that is not for a state to handle.
    isRetryable: false,
    isCatchable: false,
  });
