import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { physicalName } from "../names.ts";

/** A queue that keeps what it is sent for 14 days, the longest that SQS does, unless somebody takes it out. */
export const keepingQueue = (name: string, parent: pulumi.Resource): aws.sqs.Queue =>
  new aws.sqs.Queue(
    name,
    {
      name: physicalName(name, 80),
      messageRetentionSeconds: 14 * 24 * 3600,
      // Who looks at a message in the console and goes away hides it from a redrive no longer than this.
      visibilityTimeoutSeconds: 60,
      // An event in its envelope may be larger than the 256 KiB that Pulumi would leave it at.
      maxMessageSize: 1024 * 1024,
      // EventBridge cannot send to a queue under AWS's own KMS key, but to one under SQS's.
      sqsManagedSseEnabled: true,
    },
    { parent },
  );

/** The statement of a queue's policy that takes nothing from anybody but over TLS. */
export const denyWithoutTls = (queueArn: pulumi.Input<string>) => ({
  Sid: "DenyWithoutTls",
  Effect: "Deny",
  Principal: "*",
  Action: "sqs:*",
  Resource: queueArn,
  Condition: { Bool: { "aws:SecureTransport": "false" } },
});
