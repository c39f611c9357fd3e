import type { DescribeArchiveResponse } from "@aws-sdk/client-eventbridge";
import { UserError } from "../command/errors.ts";
import { formatTime } from "../terminal/format-time.ts";

/** The time window of a replay, by the time in the events: from inclusive, to exclusive. */
export interface ReplayWindow {
  from: Date;
  to: Date;
}

const minutes = 60_000;
const days = 24 * 60 * minutes;

// A retry keeps the event's time: so an archive can hold events that are older than itself.
// https://docs.stripe.com/webhooks#behaviors
const stripeRetries = 30 * days;

// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-archive.html
const archiveDelay = 10 * minutes;

/**
 * Warns, in sentences, of events that an archive may lack of a window.
 *
 * @throws {UserError} for a window that the archive can hold nothing of.
 */
export const windowWarnings = ({ from, to }: ReplayWindow, archive: DescribeArchiveResponse, now: number): string[] => {
  const { CreationTime, RetentionDays } = archive;
  if (from >= to) throw new UserError(`--from (${formatTime(from)}) must be before --to (${formatTime(to)})`);
  if (to.getTime() > now) throw new UserError(`--to (${formatTime(to)}) is in the future`);
  const keptSince = RetentionDays ? now - RetentionDays * days : 0;
  const oldest = new Date(Math.max(keptSince, CreationTime?.getTime() ?? 0));
  if (to.getTime() <= oldest.getTime() - stripeRetries) {
    const why = `it holds what arrived since ${formatTime(oldest)}, and Stripe retries an event for 30 days`;
    throw new UserError(`The archive can hold no event from before ${formatTime(to)}: ${why}`);
  }
  const warnings = [];
  if (from < oldest)
    warnings.push(`From before ${formatTime(oldest)} the archive holds only what Stripe has sent again since.`);
  if (to.getTime() > now - archiveDelay)
    warnings.push("Events of the last 10 minutes may not be in the archive yet: replay those later.");
  return warnings;
};
