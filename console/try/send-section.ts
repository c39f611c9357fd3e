import { setTimeout as delay } from "node:timers/promises";
import { html } from "hono/html";
import { sampleTypes } from "../../samples/events.ts";
import { malformations } from "../../samples/malformed.ts";
import type { ConsoleArgs, Workbench } from "../console-args.ts";
import { button, choiceField, postForm, textField } from "../html/fields.ts";
import { list, refreshed, section, table } from "../html/parts.ts";
import { badge, eventLink, type Markup, shown, time } from "../html/text.ts";
import { makeRuns, type Run } from "../runs.ts";
import { makeSending, manners, versions } from "./sample-sending.ts";

// An event that was sent; its result is null until it is known.
interface SentEvent {
  type: string;
  result: Awaited<ReturnType<Workbench["send"]>> | null;
}

const kept = 20;

// Most events are handled by then, and their outcomes are there without the script.
const patienceMilliseconds = 1000;

/** The part of the page that sends sample events; `send` sends what its form asks for. */
export const makeSendPart = (workbench: Workbench, now: ConsoleArgs["now"]) => {
  const sent = makeRuns<{ events: SentEvent[] }>(kept, now);
  return {
    send: async (form: Record<string, string>): Promise<void> => {
      const { title, values } = makeSending(form, now(), Math.random);
      const events = values.map((value): SentEvent => ({ type: `${Object(value).type ?? ""}`, result: null }));
      const { done } = sent.start(title, { events }, async () => {
        for (const [index, event] of events.entries()) event.result = await workbench.send(values[index]);
      });
      await Promise.race([done, delay(patienceMilliseconds, undefined, { ref: false })]);
    },
    show: (): Markup => {
      const isBusy = sent.all.some(({ isDone }) => !isDone);
      const rows = sent.all.map((run) => {
        const results = list(run.events.map((event) => resultText(event, run)));
        return [time(run.at), run.title, html`${run.problem !== null && shown(run.problem)} ${results}`];
      });
      return section(
        "send",
        "Send a sample event",
        form,
        refreshed("sent", isBusy ? 1 : null, table("What was sent", ["Time", "What", "Outcome"], rows)),
      );
    },
  };
};

const form = html`
  <p>
    The events of one name are about one user, <code>user_&lt;name&gt;</code>, and one subscription, which began to be
    paid yesterday.
  </p>
  ${postForm(
    "/try/send",
    choiceField("type", "Type", sampleTypes),
    choiceField("manner", "Send it", [
      ...Object.entries(manners),
      ...Object.entries(malformations).map(([name, { title }]) => [name, title] as const),
    ]),
    choiceField("version", "API version", Object.entries(versions)),
    textField("name", "Name", { hint: "one a day" }),
    button("Send"),
  )}
`;

const resultText = ({ result, type }: SentEvent, { events, isDone }: Run<{ events: SentEvent[] }>): Markup => {
  if (result === null) return badge(isDone ? "unknown" : "running");
  if ("problem" in result) return html`${badge("not an event", "warn")} ${shown(result.problem)}`;
  return html`${badge(result.outcome)} ${eventLink(result.eventId)} ${events.length > 1 && shown(type)}`;
};
