import type * as pulumi from "@pulumi/pulumi";
import { physicalName } from "../names.ts";
import { EventBus, type EventBusArgs } from "./event-bus.ts";

/** The bus on which this program tells other services what changed; they put rules of their own on it. */
export class BillingBus extends EventBus {
  constructor(name: string, args: EventBusArgs, opts?: pulumi.ComponentResourceOptions) {
    const about = {
      name: physicalName("billing", 256),
      description: "What changed in Homebiyori's payments and subscriptions",
      archiveName: physicalName("billing", 48),
      logs: `${name}-logs`,
    };
    super(name, { ...args, ...about }, opts);
  }
}
