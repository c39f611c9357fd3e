import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Account } from "../account.ts";
import { physicalName } from "../names.ts";
import { policyDocument } from "../access/service-role.ts";

interface Args {
  /** The address that alarms are mailed to; none are without it. */
  email: string | undefined;
  account: Account;
}

/** Where this account's alarms are published, encrypted, and the address that they are mailed to. */
export class AlarmTopic extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;
  /** What must exist before an alarm can be published. */
  readonly policy: aws.sns.TopicPolicy;

  constructor(name: string, { email, account }: Args, opts?: pulumi.ComponentResourceOptions) {
    super("homebiyori:billing:AlarmTopic", name, {}, opts);
    const child = { parent: this };

    // AWS's own key for SNS does not let alarms use it, and its policy cannot be changed:
    // https://repost.aws/knowledge-center/cloudwatch-configure-alarm-sns
    const key = new aws.kms.Key(
      name,
      {
        description: "Encrypts what alarms publish",
        enableKeyRotation: true,
        policy: policyDocument([
          administration(account),
          // In a key's policy the resource is the key itself.
          fromAlarms(account, ["kms:Decrypt", "kms:GenerateDataKey*"], "*"),
        ]),
      },
      child,
    );

    const topic = new aws.sns.Topic(name, { name: physicalName(name, 256), kmsMasterKeyId: key.arn }, child);
    this.policy = new aws.sns.TopicPolicy(
      name,
      { arn: topic.arn, policy: policyDocument([fromAlarms(account, "sns:Publish", topic.arn)]) },
      child,
    );
    if (email !== undefined) {
      new aws.sns.TopicSubscription(name, { topic: topic.arn, protocol: "email", endpoint: email }, child);
    }

    this.arn = topic.arn;
    this.registerOutputs({ arn: this.arn });
  }
}

// Without it the key could never be changed: https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
const administration = ({ id, partition }: Account) => ({
  Effect: "Allow",
  Principal: { AWS: pulumi.interpolate`arn:${partition}:iam::${id}:root` },
  Action: "kms:*",
  Resource: "*",
});

// CloudWatch, and on behalf of no other account's alarms.
const fromAlarms = (account: Account, action: string | string[], resource: pulumi.Input<string>) => ({
  Effect: "Allow",
  Principal: { Service: "cloudwatch.amazonaws.com" },
  Action: action,
  Resource: resource,
  Condition: {
    StringEquals: { "aws:SourceAccount": account.id },
    ArnLike: { "aws:SourceArn": pulumi.interpolate`${account.arnOf("cloudwatch")}:alarm:*` },
  },
});
