import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { policyDocument } from "../access/service-role.ts";
import { physicalName } from "../names.ts";

// Aliases: under their former types a stack has these queues, and events in them.
const formerTypes = ["homebiyori:billing:DeadLetterQueue", "homebiyori:billing:ParkedQueue"];

/** A queue that retains events for 14 days, the longest that SQS does: the dead-letter queue, or the parking-lot queue. */
export class Queue extends pulumi.ComponentResource {
  readonly name: pulumi.Output<string>;
  readonly arn: pulumi.Output<string>;
  readonly url: pulumi.Output<string>;
  readonly #logicalName: string;

  constructor(name: string, opts?: pulumi.ComponentResourceOptions) {
    super("homebiyori:billing:Queue", name, {}, { ...opts, aliases: formerTypes.map((type) => ({ type })) });
    this.#logicalName = name;

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
      { parent: this },
    );

    this.name = queue.name;
    this.arn = queue.arn;
    this.url = queue.url;
    this.registerOutputs({ arn: this.arn, url: this.url });
  }

  /** Attaches the queue's policy: these rules may send what they could not deliver, and nothing may be done without TLS. */
  attachPolicy(ruleArns: pulumi.Input<string>[] = []): aws.sqs.QueuePolicy {
    const statements = [...(ruleArns.length > 0 ? [this.#allowRules(ruleArns)] : []), this.#denyWithoutTls()];
    return new aws.sqs.QueuePolicy(
      this.#logicalName,
      { queueUrl: this.url, policy: policyDocument(statements) },
      { parent: this },
    );
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
