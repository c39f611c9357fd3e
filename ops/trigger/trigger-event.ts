import { array, create, integer, nullable, string, type, validate } from "superstruct";
import { parseJson } from "../../emulator/graph/json.ts";
import { sampleOf } from "../../samples/events.ts";
import { type Subject, subjectOf } from "../../samples/month.ts";
import { UserError } from "../command/errors.ts";
import { findTarget } from "../command/target.ts";
import { type TargetOptions, targetText } from "../command/target-options.ts";
import { assertTakesTestEvents, putTestEvents, type TestEvent } from "../command/test-events.ts";
import { escapeLines, escapeText } from "../terminal/escape.ts";
import { publishedText } from "../terminal/published-text.ts";
import { wrapText } from "../terminal/fit.ts";
import { type SetValue, withValues } from "./set-values.ts";

/** What `npm run trigger` was asked to do. */
export interface TriggerOptions {
  to: TargetOptions;
  /** Is in the ids of all that the event is about; by default one a day. */
  name?: string;
  set: SetValue[];
  print?: boolean;
}

const daySeconds = 24 * 3600;

/** Makes an event of a type that happens in the month of a subscription that began to be paid yesterday; `now` in milliseconds. */
export const makeEvent = (
  eventType: string,
  { name, set }: Pick<TriggerOptions, "name" | "set">,
  now: number,
): { event: TestEvent; subject: Subject } => {
  const seconds = Math.floor(now / 1000);
  const today = Math.floor(seconds / daySeconds) * daySeconds;
  const day = new Date(now).toISOString().slice(0, 10).replaceAll("-", "");
  const subject = subjectOf(name ?? `trigger_${day}`, today - daySeconds);
  const { event } = sampleOf(eventType, subject, `evt_${subject.name}_${now.toString(36)}`);
  const made = withValues(Number(event["created"]) > seconds ? endingAt(event, seconds) : event, set);
  const [error, checked] = validate(made, Event);
  if (error) throw new UserError(`--set: ${error.message}`, { cause: error });
  return { event: checked, subject };
};

const Event = type({ id: string(), type: string() });

// A subscription that ends before its month is over.
const endingAt = <T extends object>(event: T, seconds: number): T =>
  withValues(event, [
    { path: "created", value: seconds },
    { path: "data.object.canceled_at", value: seconds },
    { path: "data.object.ended_at", value: seconds },
  ]);

/** Prints an event of a type, or sends it to a stack and prints what became of it; returns the exit code. */
export const triggerEvent = async (eventType: string, options: TriggerOptions): Promise<number> => {
  const { event, subject } = makeEvent(eventType, options, Date.now());
  if (options.print) {
    console.log(escapeLines(JSON.stringify(event, null, 2)));
    return 0;
  }
  const { local } = options.to;
  const { hasFailed, userId } = local === undefined ? await put(event, subject, options) : await post(event, local);
  const where = targetText(options.to);
  const show = userId === null ? "" : `\nnpm run show -- ${escapeText(userId)} ${where}`;
  console.log(`\nnpm run trace -- ${escapeText(event.id)} ${where}${show}`);
  return hasFailed ? 1 : 0;
};

interface Sent {
  hasFailed: boolean;
  /** The user of whom something is recorded, as far as is known; null for none. */
  userId: string | null;
}

const put = async (event: TestEvent, { userId }: Subject, { to }: TriggerOptions): Promise<Sent> => {
  const target = await findTarget(to);
  assertTakesTestEvents(target, "an event that Stripe did not make");
  const refused = await putTestEvents([event], target);
  for (const reason of refused.values()) throw new UserError(`EventBridge refused the event: ${reason}`);
  console.log(wrapText(`${escapeText(event.id)}  ${escapeText(event.type)}  is on the bus of ${target.name}`, 2));
  return { hasFailed: false, userId };
};

const Outcome = type({
  outcome: string(),
  userId: nullable(string()),
  written: array(string()),
  published: array(type({ type: string(), subject: string(), version: integer() })),
  error: nullable(type({ name: string(), message: string() })),
});

const post = async (event: TestEvent, url: string): Promise<Sent> => {
  const { name } = await findTarget({ local: url });
  const response = await fetch(new URL("/events", name), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(event),
  });
  const answer = parseJson(await response.text());
  if (!response.ok) throw new UserError(`${url} does not take the event: ${Object(answer).error}`);
  const { outcome, userId, written, published, error } = create(answer, Outcome);
  const lines = error
    ? [`${error.name}: ${error.message}`]
    : [...written, ...published.map((one) => `→ ${publishedText(one)}`)];
  console.log(
    [`${event.id}  ${event.type}  ${outcome}`, ...lines].map((line) => wrapText(escapeText(line), 2)).join("\n  "),
  );
  return { hasFailed: error !== null, userId };
};
