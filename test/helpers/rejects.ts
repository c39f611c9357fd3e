/** The error that a promise rejects with. uvu's `throws` cannot await one. */
export const rejects = async (promise: Promise<unknown>): Promise<Error> => {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error("Expected the promise to reject with an Error");
};

/** The error that a function throws. */
export const thrown = (run: () => unknown): Error => {
  try {
    run();
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error("Expected the function to throw an Error");
};
