import type { EmulatorError } from "./errors.ts";

/** Reports the first failure of a part, and no other; nothing that ends after one counts as done. */
export const firstFailure = (report: ((error: EmulatorError) => void) | undefined) => {
  let failure: EmulatorError | null = null;
  return {
    hasFailed: () => failure !== null,
    onFailure: (error: EmulatorError): void => {
      if (failure) return;
      failure = error;
      report?.(error);
    },
    acknowledged: async <T>(run: () => Promise<T>): Promise<T> => {
      const result = await run();
      if (failure) throw failure;
      return result;
    },
  };
};
