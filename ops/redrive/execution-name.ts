/** The name of the execution that redrives an event for the nth time; its own dead letter says so again. */
export const redriveName = (n: number, eventId: string): string =>
  `redrive-${n}-${eventId.replaceAll(/[^\w-]/g, "_")}`.slice(0, 80);

/** Which redrive of its event an execution is, by its ARN; 0 for one that EventBridge started. */
export const redriveNumber = (executionArn: string): number => {
  // arn:aws:states:<region>:<account>:express:<machine>:<name>:<id that Step Functions adds>
  const name = executionArn.split(":")[7] ?? "";
  return Number(/^redrive-(\d+)-/.exec(name)?.[1] ?? 0);
};
