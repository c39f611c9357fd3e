/** A target did not take an event. */
export class DeliveryError extends Error {
  override readonly name = "DeliveryError";
  /** EventBridge's code, which a dead letter carries as `ERROR_CODE`. */
  readonly code: string;
  readonly isRetryable: boolean;

  constructor(code: string, message: string, isRetryable: boolean) {
    super(message);
    this.code = code;
    this.isRetryable = isRetryable;
  }
}

/** The error of a target that an injected fault makes throttle. */
export const throttled = (what: string): DeliveryError => new DeliveryError("THROTTLING", `Injected: ${what}`, true);
