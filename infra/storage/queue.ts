import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { policyDocument } from "../access/service-role.ts";
import { physicalName } from "../names.ts";

// Aliases: under their former types a stack has these queues, and events in them.
const formerTypes = ["homebiyori:billing:DeadLetterQueue", "homebiyori:billing:ParkedQueue"];

/** What a queue is for. */
export interface QueueArgs {
  /** Whether it stays in AWS when the stack is destroyed. */
  retain: boolean;
  /** The ARNs of the rules that may send to it what they could not deliver. */
  ruleArns?: pulumi.Input<string>[];
}

/** A queue that retains events for 14 days, the longest that SQS does: the dead-letter queue, or the parking-lot queue. */
export class Queue extends pulumi.ComponentResource {
  readonly name: pulumi.Output<string>;
  readonly arn: pulumi.Output<string>;
  readonly url: pulumi.Output<string>;
  /** What must exist before a rule can send to it. */
  readonly policy: aws.sqs.QueuePolicy;

  constructor(name: string, { retain, ruleArns = [] }: QueueArgs, opts?: pulumi.ComponentResourceOptions) {
    super("homebiyori:billing:Queue", name, {}, { ...opts, aliases: formerTypes.map((type) => ({ type })) });

    const queue = new aws.sqs.Queue(
      name,
      {
        name: physicalName(name, 80),
        messageRetentionSeconds: 14 * 24 * 3600,
        // A message that is looked at in the console is hidden from a redrive no longer than this.
        visibilityTimeoutSeconds: 60,
        // An event in its envelope may be larger than the 256 KiB that Pulumi would leave it at.
        maxMessageSize: 1024 * 1024,
        // EventBridge cannot send to a queue under AWS's own KMS key, but to one under SQS's.
        sqsManagedSseEnabled: true,
      },
      { parent: this, retainOnDelete: retain },
    );

    this.name = queue.name;
    this.arn = queue.arn;
    this.url = queue.url;

    const statements = [...(ruleArns.length > 0 ? [this.#allowRules(ruleArns)] : []), this.#denyWithoutTls()];
    this.policy = new aws.sqs.QueuePolicy(
      name,
      { queueUrl: this.url, policy: policyDocument(statements) },
      { parent: this },
    );
    this.registerOutputs({ arn: this.arn, url: this.url });
  }

  #allowRules(ruleArns: pulumi.Input<string>[]): object {
    return {
      Sid: "AllowRules",
      Effect: "Allow",
      Principal: { Service: "events.amazonaws.com" },
      Action: "sqs:SendMessage",
      Resource: this.arn,
      // A rule's ARN names the account, and it is all that AWS documents EventBridge to tell a queue:
      // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
      Condition: { ArnEquals: { "aws:SourceArn": ruleArns } },
    };
  }

  #denyWithoutTls(): object {
    return {
      Sid: "DenyWithoutTls",
      Effect: "Deny",
      Principal: "*",
      Action: "sqs:*",
      Resource: this.arn,
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    };
  }
}
