import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Account } from "../account.ts";
import { type AlarmArgs, alarm } from "./alarm.ts";
import { AlarmTopic } from "./alarm-topic.ts";
import { physicalName } from "../names.ts";
import { notReconciled, type TicketAlarmArgs, ticketAlarms } from "./ticket-alarms.ts";
import { hasStripe, type Settings } from "../settings.ts";
import { noEvents, pagingAlarms, type PagingAlarmArgs, startsAreThrottled } from "./paging-alarms.ts";

type Args = PagingAlarmArgs &
  TicketAlarmArgs &
  Pick<Settings, "alarmEmail" | "eventSource" | "formerEventSource"> & { account: Account };

// A destination of Stripe's live mode; a sandbox may have no payment for days.
const liveSource = /^aws\.partner\/stripe\.com\/ed_(?!test_)/;

/**
 * All alarms, the topic that they are published on, and the composite alarm that pages.
 *
 * `page` goes off when any paging alarm does, by way of one for each kind of them, and is the only one of them that notifies the topic: a fault mostly sets off
 * several, and one page for it is enough. They recover within minutes once the fault is gone, so the next fault pages again.
 * Ticket alarms, which last until a person acts, such as on a dead letter, or can wait for the morning, are left out of it, as
 * they would keep `page` in alarm and hide the next fault; they notify the topic directly.
 */
export class Alarms extends pulumi.ComponentResource {
  /** The ARNs of all of them. */
  readonly arns: pulumi.Output<string>[];

  constructor(name: string, args: Args, opts?: pulumi.ComponentResourceOptions) {
    super("homebiyori:billing:Alarms", name, {}, opts);
    const child = { parent: this };
    const topic = new AlarmTopic(name, { email: args.alarmEmail, account: args.account }, child);

    const live = liveSource.test(args.eventSource) ? { "no-events": noEvents(args.eventSource) } : {};
    const groups = Object.entries(pagingAlarms(args)).map(([group, alarms]) => {
      const causes = Object.entries(alarms).map(([key, one]) => alarm(key, one, null, child));
      return { causes, failing: anyOf(`failing-${group}`, causes, `One of the ${group} fails: see which.`, child) };
    });
    const single = Object.entries<AlarmArgs>({ "starts-throttled": startsAreThrottled, ...live }).map(([key, one]) =>
      alarm(key, one, null, child),
    );
    const nightly = hasStripe(args) ? { "not-reconciled": notReconciled(args.functions["compare-page"]) } : {};
    const tickets = Object.entries<AlarmArgs>({ ...ticketAlarms(args), ...nightly }).map(([key, one]) =>
      alarm(key, one, topic.arn, { ...child, dependsOn: [topic.policy] }),
    );

    const failing = groups.map((group) => group.failing);
    const page = anyOf(
      "page",
      [...failing.map(({ alarmName }) => ({ name: alarmName })), ...single],
      "Something fails now: see which alarms are on.",
      { ...child, dependsOn: [topic.policy] },
      [topic.arn],
    );

    const causes = groups.flatMap((group) => group.causes);
    this.arns = [page, ...tickets, ...failing, ...single, ...causes].map(({ arn }) => arn);
    this.registerOutputs({ arns: this.arns });
  }
}

// An alarm that is on while any of others is: of at most a hundred, and in turn of such alarms.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html
const anyOf = (
  name: string,
  alarms: { name: pulumi.Input<string> }[],
  description: string,
  opts: pulumi.CustomResourceOptions,
  actions: pulumi.Input<string>[] = [],
): aws.cloudwatch.CompositeAlarm =>
  new aws.cloudwatch.CompositeAlarm(
    name,
    {
      alarmName: physicalName(name, 255),
      alarmDescription: `${description} What to do: docs/alarms.md`,
      alarmRule: pulumi
        .all(alarms.map((one) => one.name))
        .apply((names) => names.map((one) => `ALARM("${one}")`).join(" OR ")),
      alarmActions: actions,
      okActions: actions,
    },
    opts,
  );
