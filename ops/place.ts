import { awsConfig, type ClientConfig, localConfig } from "./clients.ts";
import type { PlaceOptions } from "./place-options.ts";
import { deployedStack, localStack, type Stack } from "./stack.ts";

/** Where a command is to work: a stack, and how its services are called. */
export interface Place {
  /** What a person calls it. */
  name: string;
  stack: Stack;
  config: ClientConfig;
}

/** Finds the stack, or the runner, that a command was asked to work on. */
export const placeOf = async ({ stack: name, local }: PlaceOptions): Promise<Place> => {
  if (local !== undefined) {
    const stack = await localStack(local);
    return { name: local, stack, config: localConfig(stack.bus.arn, local) };
  }
  const stack = await deployedStack(`${name}`);
  return { name: `${name}`, stack, config: awsConfig(stack.bus.arn) };
};
