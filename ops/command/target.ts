import { awsConfig, type ClientConfig, localConfig } from "./clients.ts";
import { deployedStack, localStack, type Stack } from "./stack.ts";
import type { TargetOptions } from "./target-options.ts";

/** The stack that a command works on, and how its services are called. */
export interface Target {
  /** The stack's name, or the runner's URL. */
  name: string;
  stack: Stack;
  config: ClientConfig;
  /** How DynamoDB is called: the runner's has an endpoint of its own. */
  dynamodb: ClientConfig;
}

/** Finds the deployed stack or the local runner that the options name. */
export const findTarget = async ({ stack: name, local }: TargetOptions): Promise<Target> => {
  if (local !== undefined) return localTarget(local, await localStack(local));
  const stack = await deployedStack(`${name}`);
  const config = awsConfig(stack.bus.arn);
  return { name: `${name}`, stack, config, dynamodb: config };
};

/** The local runner at this URL, with these outputs. */
export const localTarget = (url: string, stack: Stack): Target => {
  const config = localConfig(stack.bus.arn, url);
  return { name: url, stack, config, dynamodb: { ...config, endpoint: `${stack.dynamodb}` } };
};
