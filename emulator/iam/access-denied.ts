import type { Request } from "./policy.ts";

/** How AWS's messages name a session of an assumed role. */
export const sessionOf = (roleArn: string, session: string): string =>
  `${roleArn.replace(":iam:", ":sts:").replace(":role/", ":assumed-role/")}/${session}`;

/**
 * AWS's words for a request that no policy allows, or that one denies.
 *
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 */
export const notAuthorized = (
  who: string,
  { action: asked, resource }: Request,
  kind: "identity" | "resource",
  isDenied = false,
): string => {
  // SQS alone writes its actions in lower case.
  const action = asked.startsWith("sqs:") ? asked.toLowerCase() : asked;
  const because = isDenied
    ? `with an explicit deny in ${kind === "resource" ? "a" : "an"} ${kind}-based policy`
    : `because no ${kind}-based policy allows the ${action} action`;
  return `User: ${who} is not authorized to perform: ${action} on resource: ${resource} ${because}`;
};
