import { awsConfig, type ClientConfig, localConfig } from "./clients.ts";
import type { PlaceOptions } from "./target-options.ts";
import { deployedStack, localStack, type Stack } from "./stack.ts";

/** Where a command is to work: a stack, and how its services are called. */
export interface Place {
  /** What a person calls it. */
  name: string;
  stack: Stack;
  config: ClientConfig;
  /** How DynamoDB is called, which the runner has apart. */
  dynamodb: ClientConfig;
}

/** Finds the stack, or the runner, that a command was asked to work on. */
export const placeOf = async ({ stack: name, local }: PlaceOptions): Promise<Place> => {
  if (local !== undefined) {
    const stack = await localStack(local);
    const config = localConfig(stack.bus.arn, local);
    return { name: local, stack, config, dynamodb: { ...config, endpoint: `${stack.dynamodb}` } };
  }
  const stack = await deployedStack(`${name}`);
  const config = awsConfig(stack.bus.arn);
  return { name: `${name}`, stack, config, dynamodb: config };
};
