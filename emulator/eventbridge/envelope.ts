/** EventBridge's envelope around an event, as far as the emulator reads it. */
export interface Envelope {
  source: string;
  "detail-type": string;
  detail: unknown;
}

/** As many bytes as one event may have, and all entries of a call: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html. */
export const largestEvent = 1024 * 1024;

// Deeper than any real event, and not so deep that a recursive walk runs out of stack.
const deepest = 1000;

/** Why an event is beyond the limits of EventBridge or the emulator, such as `has 2000000 bytes, …`; null if it is not. */
export const limitProblem = (event: unknown): string | null => {
  if (isDeeperThan(deepest, event)) return `is nested more than ${deepest} levels deep`;
  const size = Buffer.byteLength(JSON.stringify(event));
  return size > largestEvent ? `has ${size} bytes, and EventBridge takes at most ${largestEvent}` : null;
};

const isDeeperThan = (levels: number, value: unknown): boolean =>
  typeof value === "object" &&
  value !== null &&
  (levels === 0 || Object.values(value).some((inner) => isDeeperThan(levels - 1, inner)));
