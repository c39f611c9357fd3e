import type { DescribeArchiveResponse } from "@aws-sdk/client-eventbridge";
import { Unusable } from "../unusable.ts";

/** What is to be replayed, by the time in the events: from one time on, and before the other. */
export interface ReplayWindow {
  from: Date;
  to: Date;
}

const minutes = 60_000;
const days = 24 * 60 * minutes;

// It sends an event again under the time that it had: so an archive can have what is older than itself.
// https://docs.stripe.com/webhooks#behaviors
const stripeSendsAgainFor = 30 * days;

// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-archive.html
const archivedAfter = 10 * minutes;

/**
 * What an archive may not have of a window, in sentences.
 *
 * @throws {Unusable} for a window of which there can be nothing.
 */
export const remarksOn = ({ from, to }: ReplayWindow, archive: DescribeArchiveResponse, now: number): string[] => {
  const { CreationTime, RetentionDays } = archive;
  if (from >= to) throw new Unusable(`--from (${said(from)}) must be before --to (${said(to)})`);
  if (to.getTime() > now) throw new Unusable(`--to (${said(to)}) is in the future: no event is that young`);
  const keptSince = RetentionDays ? now - RetentionDays * days : 0;
  const oldest = new Date(Math.max(keptSince, CreationTime?.getTime() ?? 0));
  if (to.getTime() <= oldest.getTime() - stripeSendsAgainFor) {
    const why = `what it has came since ${said(oldest)}, and Stripe sends nothing again after 30 days`;
    throw new Unusable(`The archive can have no event of before ${said(to)}: ${why}`);
  }
  const remarks = [];
  if (from < oldest) remarks.push(`Of before ${said(oldest)} the archive has only what Stripe has sent again since.`);
  if (to.getTime() > now - archivedAfter)
    remarks.push("What came in the last 10 minutes may not be in the archive yet: replay that again later.");
  return remarks;
};

/** A time as it is told to a person, who can give it back as an option. */
export const said = (time: Date): string => time.toISOString().replace(".000Z", "Z");
