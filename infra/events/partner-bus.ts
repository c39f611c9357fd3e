import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

interface PartnerBusArgs {
  eventSource: string;
  /** What its events need on their way: once the bus exists Stripe sends, and what is not forwarded is lost. */
  dependsOn: pulumi.Resource[];
}

/**
 * The bus that Stripe's events arrive on. AWS demands that it has the name of Stripe's partner source.
 *
 * It is protected and survives the stack: while it is gone AWS drops Stripe's events without a trace, and after a while Stripe
 * gives the destination up for good.
 */
export class PartnerBus extends pulumi.ComponentResource {
  readonly name: pulumi.Output<string>;

  constructor(name: string, args: PartnerBusArgs, opts?: pulumi.ComponentResourceOptions) {
    super("homebiyori:billing:PartnerBus", name, {}, opts);

    const bus = new aws.cloudwatch.EventBus(
      name,
      { name: args.eventSource, eventSourceName: args.eventSource },
      // The provider does not read the source back: without this an imported bus would be replaced.
      {
        parent: this,
        protect: true,
        retainOnDelete: true,
        ignoreChanges: ["eventSourceName"],
        dependsOn: args.dependsOn,
      },
    );

    this.name = bus.name;
    this.registerOutputs({ name: this.name });
  }
}
