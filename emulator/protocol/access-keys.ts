/** The access key of whoever runs an operator's commands against the runner. */
export const operatorKey = "OPERATOR";
