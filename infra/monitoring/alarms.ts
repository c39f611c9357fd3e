import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Account } from "../account.ts";
import { type AlarmArgs, alarm } from "./alarm.ts";
import { AlarmTopic } from "./alarm-topic.ts";
import { physicalName } from "../names.ts";
import { type Patient, patientAlarms } from "./patient-alarms.ts";
import type { Settings } from "../settings.ts";
import { noEvents, type Urgent, urgentAlarms } from "./urgent-alarms.ts";

type Args = Urgent & Patient & Pick<Settings, "alarmEmail" | "eventSource"> & { account: Account };

// A destination of Stripe's live mode; in a sandbox nobody may pay for days.
const liveSource = /^aws\.partner\/stripe\.com\/ed_(?!test_)/;

/**
 * All alarms, the topic that they are published on, and the one to be woken by.
 *
 * `page` goes off when any alarm does that says something fails now, and is the only one of them that tells of it: a fault
 * mostly sets off several, and nobody needs to be called twice. These pass within minutes once the fault is gone, so the next
 * fault calls again. What lasts until a person acts, such as a letter in the queue, or can wait for the morning, is left out of
 * it, as it would keep `page` in alarm and hide what comes after; those alarms tell of themselves.
 */
export class Alarms extends pulumi.ComponentResource {
  /** The ARNs of all of them. */
  readonly arns: pulumi.Output<string>[];

  constructor(name: string, args: Args, opts?: pulumi.ComponentResourceOptions) {
    super("homebiyori:billing:Alarms", name, {}, opts);
    const child = { parent: this };
    const topic = new AlarmTopic(name, { email: args.alarmEmail, account: args.account }, child);

    const live = liveSource.test(args.eventSource) ? { "no-events": noEvents(args.eventSource) } : {};
    const urgent = Object.entries<AlarmArgs>({ ...urgentAlarms(args), ...live });
    const causes = urgent.map(([key, one]) => alarm(key, one, null, child));
    const patient = Object.entries<AlarmArgs>(patientAlarms(args)).map(([key, one]) =>
      alarm(key, one, topic.arn, { ...child, dependsOn: [topic.policy] }),
    );

    const page = new aws.cloudwatch.CompositeAlarm(
      "page",
      {
        alarmName: physicalName("page", 255),
        alarmDescription: "Something fails now: see which alarms are on. What to do: docs/alarms.md",
        alarmRule: pulumi
          .all(causes.map((cause) => cause.name))
          .apply((names) => names.map((cause) => `ALARM("${cause}")`).join(" OR ")),
        alarmActions: [topic.arn],
        okActions: [topic.arn],
      },
      { ...child, dependsOn: [topic.policy] },
    );

    this.arns = [page, ...causes, ...patient].map(({ arn }) => arn);
    this.registerOutputs({ arns: this.arns });
  }
}
