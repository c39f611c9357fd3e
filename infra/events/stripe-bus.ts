import type * as pulumi from "@pulumi/pulumi";
import { physicalName } from "../names.ts";
import { EventBus, type EventBusArgs } from "./event-bus.ts";

/** The bus that the rules of this program are on. */
export class StripeBus extends EventBus {
  /** Makes it by its name in AWS, by which its rules' ARNs are known before it exists. */
  constructor(name: string, args: EventBusArgs & { name: string }, opts?: pulumi.ComponentResourceOptions) {
    const about = {
      description: "Stripe's events for Homebiyori's record of payments and subscriptions",
      // What no dead letter can hold, such as an event whose execution timed out, is replayed from here.
      archiveName: physicalName("stripe-events", 48),
      logs: "bus-logs",
    };
    super(name, { ...args, ...about }, opts);
  }
}
