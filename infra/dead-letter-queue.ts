import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { physicalName } from "./names.ts";
import { policyDocument } from "./service-role.ts";

/** The queue that keeps, for 14 days, each event that could not be handled. */
export class DeadLetterQueue extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;
  readonly url: pulumi.Output<string>;
  readonly #name: string;

  constructor(name: string, opts?: pulumi.ComponentResourceOptions) {
    super("homebiyori:billing:DeadLetterQueue", name, {}, opts);
    this.#name = name;

    const queue = new aws.sqs.Queue(
      name,
      {
        name: physicalName(name, 80),
        messageRetentionSeconds: 14 * 24 * 3600,
        // An event in its envelope may be larger than the 256 KiB that Pulumi would leave it at.
        maxMessageSize: 1024 * 1024,
        // EventBridge cannot send to a queue under AWS's own KMS key, but to one under SQS's.
        sqsManagedSseEnabled: true,
      },
      { parent: this },
    );

    this.arn = queue.arn;
    this.url = queue.url;
    this.registerOutputs({ arn: this.arn, url: this.url });
  }

  /** Lets these rules send what they could not deliver, and everybody only over TLS; targets of theirs depend on it. */
  accept(ruleArns: pulumi.Input<string>[]): aws.sqs.QueuePolicy {
    const fromRules = {
      Sid: "AllowRules",
      Effect: "Allow",
      Principal: { Service: "events.amazonaws.com" },
      Action: "sqs:SendMessage",
      Resource: this.arn,
      Condition: { ArnEquals: { "aws:SourceArn": ruleArns } },
    };
    const withoutTls = {
      Sid: "DenyWithoutTls",
      Effect: "Deny",
      Principal: "*",
      Action: "sqs:*",
      Resource: this.arn,
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    };
    return new aws.sqs.QueuePolicy(
      this.#name,
      { queueUrl: this.url, policy: policyDocument([fromRules, withoutTls]) },
      { parent: this },
    );
  }
}
