import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Account } from "../account.ts";
import { BusLogs } from "./bus-logs.ts";
import type { Settings } from "../settings.ts";

/** What every bus is made with. */
export type EventBusArgs = Pick<
  Settings,
  "busLogLevel" | "logExecutionData" | "logRetentionDays" | "archiveDays" | "protectData"
> & { account: Account };

interface OwnArgs {
  name: string;
  /** What its events are. */
  description: string;
  archiveName: string;
  /** The logical name of its log. */
  logs: string;
}

/** A bus, its log, and its archive. */
export class EventBus extends pulumi.ComponentResource {
  readonly name: pulumi.Output<string>;
  readonly arn: pulumi.Output<string>;
  readonly archive: aws.cloudwatch.EventArchive;

  constructor(name: string, args: EventBusArgs & OwnArgs, opts?: pulumi.ComponentResourceOptions) {
    super("homebiyori:billing:EventBus", name, {}, opts);

    const bus = new aws.cloudwatch.EventBus(
      name,
      {
        name: args.name,
        description: args.description,
        logConfig: {
          level: args.busLogLevel,
          // The detail is the event: in Stripe's are the customer's name and address.
          includeDetail: args.logExecutionData ? "FULL" : "NONE",
        },
      },
      // An archive that stays has a rule on its bus, and AWS deletes no bus with a rule.
      { parent: this, deleteBeforeReplace: true, retainOnDelete: args.protectData },
    );

    new BusLogs(
      args.logs,
      { bus, level: args.busLogLevel, retentionDays: args.logRetentionDays, account: args.account },
      { parent: this },
    );

    this.archive = new aws.cloudwatch.EventArchive(
      name,
      { name: args.archiveName, eventSourceArn: bus.arn, retentionDays: args.archiveDays },
      { parent: this, retainOnDelete: args.protectData },
    );

    this.name = bus.name;
    this.arn = bus.arn;
    this.registerOutputs({ name: this.name, arn: this.arn });
  }
}
