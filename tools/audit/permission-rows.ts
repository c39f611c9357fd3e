import { type Policy, trustOf } from "../../emulator/iam/graph-policies.ts";
import { conditionsOf, listOf, type Statement } from "../../emulator/iam/policy.ts";

/** What one statement of a policy allows or denies, its ARNs without their prefix. */
export interface Permission {
  isAllowed: boolean;
  /** Empty where the policy is a role's own. */
  principals: string[];
  conditions: { key: string; values: string[] }[];
  actions: string[];
  resources: string[];
}

/** Who can assume a role, and what it allows but for what AWS accepts on all resources only. */
export const rolePermissions = (role: string, policies: readonly Policy[]) => {
  const of = (name: string) => policies.find((policy) => policy.name === name)?.statements ?? [];
  return {
    trust: of(trustOf(role)).map(permissionOf),
    permissions: of(`role ${role}`)
      .filter(({ Resource }) => Resource !== "*")
      .map(permissionOf),
  };
};

/** A statement in plain lists. */
export const permissionOf = (statement: Statement): Permission => ({
  isAllowed: statement.Effect === "Allow",
  principals: principalsOf(statement),
  conditions: conditionsOf(statement).map(({ key, values }) => ({ key, values: values.map(shortArn) })),
  actions: listOf(statement.Action),
  resources: listOf(statement.Resource).map(shortArn),
});

const principalsOf = ({ Principal }: Statement): string[] =>
  typeof Principal === "string"
    ? [Principal]
    : Object.values(Principal ?? {})
        .flatMap(listOf)
        .map(shortArn);

/** An ARN without its prefix, which is the same for all of a stack. */
export const shortArn = (arn: string): string => arn.replace(/^arn:aws:\w+:[\w-]*:\d*:/, "");
