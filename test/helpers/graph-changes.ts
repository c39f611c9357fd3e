import { isDeepStrictEqual } from "node:util";
import type { Graph, Resource } from "../../emulator/graph/graph.ts";

/** What `pulumi up` would do to get from one graph to another; a resource is told by its name and the last part of its type. */
export interface GraphChanges {
  made: string[];
  deleted: string[];
  /** What is updated in place: which inputs differ. */
  altered: Record<string, string[]>;
  /** What can only be made anew, and for which inputs. */
  replaced: Record<string, string[]>;
}

// What AWS cannot alter; of the provider's schemas, "forces replacement".
const fixed = [
  "name",
  "eventSourceName",
  "eventBusName",
  "eventSourceArn",
  "rule",
  "targetId",
  "role",
  "type",
  "hashKey",
  "rangeKey",
  "queueUrl",
];

/** Compares two graphs. */
export const changesBetween = (before: Graph, after: Graph): GraphChanges => {
  const [old, now] = [byKey(before), byKey(after)];
  const differences = [...now].flatMap(([key, { inputs }]): [string, string[]][] => {
    const former = old.get(key)?.inputs;
    if (!former) return [];
    const inputsOfBoth = [...new Set([...Object.keys(former), ...Object.keys(inputs)])].toSorted();
    const differing = inputsOfBoth.filter((input) => !isDeepStrictEqual(former[input], inputs[input]));
    return differing.length > 0 ? [[key, differing]] : [];
  });
  const isFixed = ([, inputs]: [string, string[]]) => inputs.some((input) => fixed.includes(input));
  return {
    made: [...now.keys()].filter((key) => !old.has(key)).toSorted(),
    deleted: [...old.keys()].filter((key) => !now.has(key)).toSorted(),
    altered: Object.fromEntries(differences.filter((difference) => !isFixed(difference))),
    replaced: Object.fromEntries(differences.filter(isFixed)),
  };
};

const byKey = ({ resources }: Graph): Map<string, Resource> =>
  new Map(resources.map((resource) => [`${resource.name} ${resource.type.split(":").at(-1)}`, resource]));
