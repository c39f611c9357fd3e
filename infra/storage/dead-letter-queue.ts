import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { denyWithoutTls, keepingQueue } from "./keeping-queue.ts";
import { policyDocument } from "../access/service-role.ts";

/** The queue that keeps, for 14 days, each event that could not be handled. */
export class DeadLetterQueue extends pulumi.ComponentResource {
  readonly name: pulumi.Output<string>;
  readonly arn: pulumi.Output<string>;
  readonly url: pulumi.Output<string>;
  readonly #logicalName: string;

  constructor(name: string, opts?: pulumi.ComponentResourceOptions) {
    super("homebiyori:billing:DeadLetterQueue", name, {}, opts);
    this.#logicalName = name;

    const queue = keepingQueue(name, this);

    this.name = queue.name;
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
      // A rule's ARN names the account, and it is all that AWS documents EventBridge to tell a queue:
      // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
      Condition: { ArnEquals: { "aws:SourceArn": ruleArns } },
    };
    return new aws.sqs.QueuePolicy(
      this.#logicalName,
      { queueUrl: this.url, policy: policyDocument([fromRules, denyWithoutTls(this.arn)]) },
      { parent: this },
    );
  }
}
