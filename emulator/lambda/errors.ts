/** The error that a Lambda answers with, by the name that Step Functions matches. */
export class LambdaError extends Error {
  override readonly name: string;
  readonly trace: string[];

  constructor({ errorType, errorMessage, trace = [] }: LambdaErrorArgs) {
    super(errorMessage);
    this.name = errorType;
    this.trace = trace;
  }
}

/** An error as the Lambda runtime writes it. */
export interface LambdaErrorArgs {
  errorType: string;
  errorMessage: string;
  trace?: string[];
}
