/** The name of the execution that redrives an event for the nth time; its own dead letter says so again. */
export const redriveName = (n: number, eventId: string): string =>
  `redrive-${n}-${eventId.replaceAll(/[^\w-]/g, "_")}`.slice(0, 80);

/** The same for a Standard state machine, which starts an execution once under its name. */
export const uniqueRedriveName = (n: number, id: string): string => redriveName(n, `${Date.now().toString(36)}-${id}`);

/** The name of an execution, by its ARN, to which Step Functions adds an id where its machine is Express. */
export const executionName = (executionArn: string): string => executionArn.split(":")[7] ?? "";

/** Which redrive of its event an execution is, by its ARN; 0 for one that EventBridge started. */
export const redriveNumber = (executionArn: string): number => {
  return Number(/^redrive-(\d+)-/.exec(executionName(executionArn))?.[1] ?? 0);
};
