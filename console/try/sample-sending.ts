import { makeEvent } from "../../ops/trigger/trigger-event.ts";
import { subjectNameOption } from "../../ops/command/option-values.ts";
import { eventBeforeBasil, versionBeforeBasil } from "../../samples/before-basil.ts";
import { sampleTypes } from "../../samples/events.ts";
import { malformations } from "../../samples/malformed.ts";
import { sampleMonth } from "../../samples/month.ts";
import { shuffled } from "../../samples/random.ts";
import { UserError } from "../../ops/command/errors.ts";

/** In which shapes sample events can be sent. */
export const versions = { newest: "the newest", [versionBeforeBasil]: `${versionBeforeBasil}, before Basil` } as const;

/** How a sample event can be sent, besides the ways in which it can be malformed. */
export const manners = {
  once: "once",
  twice: "twice, with the same id",
  month: "all types of a month, out of order",
} as const;

/** What is sent: the events in their order, and what they are in a few words. */
export interface Sending {
  title: string;
  values: unknown[];
}

/** Makes what a form asks for at this time, in milliseconds since 1970; throws a `UserError` for what cannot be made. */
export const makeSending = (form: Record<string, string>, now: number, random: () => number): Sending => {
  const { type = "", version = "newest", manner = "once", name } = form;
  const options = { set: [], ...(name !== undefined && { name: subjectNameOption(name) }) };
  // Each at a time of its own, which tells its id from those of the others.
  const eventOf = (one: string, index = 0): object | null => {
    const { event, subject } = makeEvent(one, options, now + index);
    return version === "newest" ? event : eventBeforeBasil({ ...event }, sampleMonth(subject));
  };
  if (!Object.hasOwn(versions, version)) throw new UserError(`There are no samples of the API version ${version}`);
  if (manner === "month") {
    const events = sampleTypes.map(eventOf).filter((event) => event !== null);
    return { title: manners.month, values: shuffled(events, random) };
  }
  if (!sampleTypes.includes(type)) throw new UserError(`There is no sample of the type ${type}`);
  const event = eventOf(type);
  if (event === null) throw new UserError(`Stripe sent no ${type} before ${versions[versionBeforeBasil]}`);
  if (manner === "once") return { title: type, values: [event] };
  if (manner === "twice") return { title: `${type}, twice`, values: [event, event] };
  const malformation = Object.hasOwn(malformations, manner) ? malformations[manner] : undefined;
  if (!malformation) throw new UserError(`There is no way to send an event by the name ${manner}`);
  return { title: `${type}: ${malformation.title}`, values: [malformation.spoil({ ...event })] };
};
