import { type Origin, rejectTestMode, skipConnectedAccount } from "../stripe/origin.ts";
import { Refused } from "./errors.ts";
import { emitMetrics } from "./metric.ts";

/**
 * Why an event is skipped whatever it is about, which is counted; null where it is not.
 *
 * @throws {Refused} for an event of Stripe's test mode, where live ones only are taken.
 */
export const skipReason = (origin: Origin, liveOnly: boolean): string | null => {
  const foreign = skipConnectedAccount(origin);
  if (foreign !== null) {
    emitMetrics({ NoneOfOurs: 1 });
    return foreign;
  }
  const rejected = rejectTestMode(origin, liveOnly);
  if (rejected !== null) throw new Refused(rejected);
  return null;
};
