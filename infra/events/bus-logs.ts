import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Account } from "../account.ts";
import { physicalName } from "../names.ts";
import { policyDocument } from "../access/service-role.ts";
import type { Settings } from "../settings.ts";

interface Args {
  bus: aws.cloudwatch.EventBus;
  level: Settings["busLogLevel"];
  retentionDays: number;
  account: Account;
}

const logTypes = {
  OFF: [],
  ERROR: ["ERROR_LOGS"],
  INFO: ["ERROR_LOGS", "INFO_LOGS"],
  TRACE: ["ERROR_LOGS", "INFO_LOGS", "TRACE_LOGS"],
} as const;

// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutDeliverySource.html
const deliveryNameLimit = 60;

/**
 * Delivers what a bus logs to CloudWatch Logs: its `logConfig` alone would deliver nothing.
 *
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-bus-logs.html
 */
export class BusLogs extends pulumi.ComponentResource {
  constructor(name: string, args: Args, opts?: pulumi.ComponentResourceOptions) {
    super("homebiyori:billing:BusLogs", name, {}, opts);
    const child = { parent: this };

    const logGroup = new aws.cloudwatch.LogGroup(
      name,
      { name: pulumi.interpolate`/aws/events/${args.bus.name}`, retentionInDays: args.retentionDays },
      child,
    );

    const sources = logTypes[args.level].map((logType) => {
      const thing = `${name}-${logType.replace("_LOGS", "").toLowerCase()}`;
      const source = new aws.cloudwatch.LogDeliverySource(
        thing,
        { name: physicalName(thing, deliveryNameLimit), logType, resourceArn: args.bus.arn },
        child,
      );
      return { thing, source };
    });

    if (sources.length > 0) this.#deliver(name, sources, logGroup, args.account);
    this.registerOutputs({});
  }

  #deliver(name: string, sources: Source[], logGroup: aws.cloudwatch.LogGroup, account: Account): void {
    const child = { parent: this };
    const destination = new aws.cloudwatch.LogDeliveryDestination(
      name,
      {
        name: physicalName(name, deliveryNameLimit),
        deliveryDestinationConfiguration: { destinationResourceArn: logGroup.arn },
      },
      child,
    );

    const policy = new aws.cloudwatch.LogResourcePolicy(
      name,
      {
        // On the log group itself, as an account has no more than ten others in a region.
        resourceArn: logGroup.arn,
        policyDocument: policyDocument([deliveryOf(logGroup, sources, account)]),
      },
      child,
    );

    // One after the other: AWS refuses two at a time to the same destination.
    sources.reduce<pulumi.Resource>(
      (before, { thing, source }) =>
        new aws.cloudwatch.LogDelivery(
          thing,
          { deliverySourceName: source.name, deliveryDestinationArn: destination.arn },
          { parent: this, dependsOn: [before] },
        ),
      policy,
    );
  }
}

interface Source {
  thing: string;
  source: aws.cloudwatch.LogDeliverySource;
}

const deliveryOf = (logGroup: aws.cloudwatch.LogGroup, sources: Source[], account: Account) => ({
  Effect: "Allow",
  Principal: { Service: "delivery.logs.amazonaws.com" },
  Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
  Resource: pulumi.interpolate`${logGroup.arn}:log-stream:*`,
  Condition: {
    StringEquals: { "aws:SourceAccount": account.id },
    ArnEquals: { "aws:SourceArn": sources.map(({ source }) => source.arn) },
  },
});
