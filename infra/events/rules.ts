import * as pulumi from "@pulumi/pulumi";
import type { Account } from "../account.ts";
import { physicalName } from "../names.ts";
import type { Settings } from "../settings.ts";
import { testSource } from "../test-source.ts";
import { type Workflow, workflows } from "../workflows.ts";

/** A rule as its name and its bus tell, before it exists. */
export interface RuleName {
  name: string;
  arn: pulumi.Output<string>;
}

/** The rules of a stack by their names, so that what a rule needs can exist before it does. */
export interface RuleNames {
  /** The name of the custom bus. */
  busName: string;
  /** The sources that its rules match. */
  sources: string[];
  /** The rule of each workflow, on the custom bus. */
  own: (RuleName & { workflow: Workflow })[];
  /** The rule on the partner bus of each source of Stripe's. */
  forwarding: (RuleName & { source: string; destination: string })[];
}

/** Names the rules of a stack by its settings. */
export const ruleNames = ({ eventSource, formerEventSource }: Settings, account: Account): RuleNames => {
  const busName = physicalName("stripe-webhook-bus", 256);
  const sources = [...new Set([eventSource, formerEventSource ?? eventSource])];
  const on = (bus: string, name: string): RuleName => ({
    name,
    arn: pulumi.interpolate`${account.arnOf("events")}:rule/${bus}/${name}`,
  });
  return {
    busName,
    sources,
    own: workflows.map((workflow) => ({ ...on(busName, `${workflow.name}-rule`), workflow })),
    forwarding: sources
      .filter((source) => source !== testSource)
      .map((source) => {
        // By the source, of which a role's name has room for the end only: so a new one is made beside it, and neither replaced.
        const destination = source.slice(-8);
        return { ...on(source, `forward-rule-${destination}`), source, destination };
      }),
  };
};
