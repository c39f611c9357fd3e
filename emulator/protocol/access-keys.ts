import type { IncomingHttpHeaders } from "node:http";

/** The access key of an operator, who calls the emulator's API. */
export const operatorKey = "OPERATOR";

// DynamoDB Local keeps the tables of each access key apart: under another one, a directory of an earlier run would look empty.
/** The emulator's own access key, which may do everything in DynamoDB. */
export const emulatorKey = "RUNNER";

/** The access key that a request is signed with; the signature itself is not checked. */
export const accessKeyOf = ({ authorization = "" }: IncomingHttpHeaders): string =>
  /Credential=([^/]+)/.exec(authorization)?.[1] ?? "";
