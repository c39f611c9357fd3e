import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { denyWithoutTls, keepingQueue } from "./keeping-queue.ts";
import { policyDocument } from "../access/service-role.ts";

/** The queue of dead letters that are of no use to try again as they are; only an operator sends to it, by `npm run redrive`. */
export class ParkedQueue extends pulumi.ComponentResource {
  readonly name: pulumi.Output<string>;
  readonly arn: pulumi.Output<string>;
  readonly url: pulumi.Output<string>;

  constructor(name: string, opts?: pulumi.ComponentResourceOptions) {
    super("homebiyori:billing:ParkedQueue", name, {}, opts);

    const queue = keepingQueue(name, this);
    new aws.sqs.QueuePolicy(
      name,
      { queueUrl: queue.url, policy: policyDocument([denyWithoutTls(queue.arn)]) },
      { parent: this },
    );

    this.name = queue.name;
    this.arn = queue.arn;
    this.url = queue.url;
    this.registerOutputs({ arn: this.arn, url: this.url });
  }
}
