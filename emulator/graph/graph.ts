/** A resource that the program registers, its inputs as AWS would get them. */
export interface Resource {
  type: string;
  name: string;
  inputs: Record<string, unknown>;
  /** The inputs and what AWS adds to them, such as `arn`. */
  outputs: Record<string, unknown>;
  protect: boolean;
  retainOnDelete: boolean;
  deleteBeforeReplace: boolean;
  /** The inputs whose changes are left alone. */
  ignoreChanges: string[];
  /** The names of the resources that it waits for, besides those that its inputs name. */
  dependsOn: string[];
}

/** All that a program makes for a stack. */
export interface Graph {
  stack: string;
  region: string;
  account: string;
  resources: Resource[];
  /** What the program exports. */
  outputs: Record<string, unknown>;
}

/** A stack, and its configuration. */
export interface StackArgs {
  project: string;
  stack: string;
  /** Fully named keys and text as values, as `stackConfig` reads them. */
  config: Record<string, string>;
}

/** The resources of one type, such as `aws:sqs/queue:Queue`. */
export const ofType = ({ resources }: Pick<Graph, "resources">, type: string): Resource[] =>
  resources.filter((resource) => resource.type === type);
