/** The user of a command can correct it; the message says what was wrong and what to do, and needs no stack trace. */
export class UserError extends Error {
  override readonly name = "UserError";
}

/** The message of an error that a command's user can act on: its own, AWS's or a missing queue's; null for a bug. */
export const messageForUser = (error: unknown): string | null => {
  if (!(error instanceof Error)) return null;
  if (error instanceof UserError) return error.message;
  // By name, so that no SDK is loaded for it, nor the emulator, which loads a program's graph.
  if (error.name === "EmulatorError") return error.message;
  if (error.name === "QueueDoesNotExist") return `A queue of the stack does not exist: ${error.message}`;
  if (error.name === "CredentialsProviderError") return `There are no AWS credentials in this shell: ${error.message}`;
  // The SDK adds this to what a call fails with, such as AccessDenied or ECONNREFUSED.
  if ("$metadata" in error) return `AWS answers ${error.name}: ${error.message}`;
  return null;
};
