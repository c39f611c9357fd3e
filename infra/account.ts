import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/** Where the stack is deployed. */
export interface Account {
  id: pulumi.Output<string>;
  region: pulumi.Output<string>;
  /** The partition of its ARNs: `aws`, or that of China or of GovCloud. */
  partition: pulumi.Output<string>;
  /** The beginning of an ARN of that service in this account and region, such as `arn:aws:dynamodb:eu-west-1:123456789012`. */
  arnOf(service: string): pulumi.Output<string>;
}

/** The account and region that the stack is deployed to. */
export const currentAccount = (): Account => {
  const { accountId: id } = aws.getCallerIdentityOutput();
  const { region } = aws.getRegionOutput();
  const { partition } = aws.getPartitionOutput();
  const arnOf = (service: string) => pulumi.interpolate`arn:${partition}:${service}:${region}:${id}`;
  return { id, region, partition, arnOf };
};
