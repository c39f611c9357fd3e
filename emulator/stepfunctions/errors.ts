/** An error that a service answers a task with, by the name that the definition's `ErrorEquals` matches. */
export class ServiceError extends Error {
  override readonly name: string;

  // It has no `cause`: the interpreter would take that for the text of the failure.
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

/** Ends an execution whose data exceed Step Functions' limit; no state can catch or retry it. */
export class DataLimitExceeded extends Error {
  override readonly name = "States.DataLimitExceeded";
  // By these the interpreter knows an error that no state can handle.
  readonly isRetryable = false;
  readonly isCatchable = false;
}

/** Ends what the interpreter still does for an execution that has ended. */
export class ExecutionEnded extends Error {
  override readonly name = "ExecutionEnded";
  readonly isRetryable = false;
  readonly isCatchable = false;
}
