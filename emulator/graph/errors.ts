/** The emulator cannot run what it was given exactly as AWS does; the message says what to change, and a stack trace adds nothing. */
export class EmulatorError extends Error {
  override readonly name = "EmulatorError";
}
