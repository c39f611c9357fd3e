import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { unsetKey } from "../../lambdas/stripe-api/unset-key.ts";
import { physicalName } from "../names.ts";

/**
 * The place of the Stripe API key. Its value is set by hand (docs/deploying.md, "The Stripe key"), so that it is in no code, state or log;
 * the roles of the Lambdas that ask Stripe may read it, and no other.
 */
export const stripeKey = (name: string, opts?: pulumi.CustomResourceOptions): aws.ssm.Parameter =>
  new aws.ssm.Parameter(
    name,
    {
      name: physicalName(name, 1011),
      description: "The Stripe API key; set by hand",
      type: "SecureString",
      // Write-only, and written once: the value that replaces it is never overwritten. Change neither the description, the type nor
      // this version: the provider would put the parameter again, and with an empty value.
      valueWo: unsetKey,
      valueWoVersion: 1,
    },
    opts,
  );
