import * as pulumi from "@pulumi/pulumi";

/**
 * The physical name of a thing in this stack: `<stack>-homebiyori-<thing>`.
 *
 * AWS would refuse a longer one than its `limit` in the middle of a deployment; this refuses it before.
 */
export const physicalName = (thing: string, limit: number): string => {
  const name = `${pulumi.getStack()}-homebiyori-${thing}`;
  if (name.length <= limit) return name;
  throw new pulumi.RunError(
    `The name ${name} has ${name.length} characters, and AWS allows ${limit} there: choose a stack name that is ${name.length - limit} shorter`,
  );
};
