import { html } from "hono/html";
import { counted } from "../../ops/terminal/counted.ts";
import { formatDuration } from "../../ops/terminal/format-duration.ts";
import type { Attempt, StateTrace } from "../../ops/trace/execution-trace.ts";
import type { LoggedData } from "../../ops/trace/logged-data.ts";
import { folded, foldedJson, table } from "../html/parts.ts";
import { badge, errorText, type Markup, shown, time, timeAndDuration } from "../html/text.ts";

/** A state that an execution went through: what it was given, tried, returned and logged. */
export const stateSection = (state: StateTrace, execution: string): Markup => {
  const { name, outcome, reason, attempts, lines, input, output } = state;
  const wasSimple = attempts.length <= 1 && attempts.every(({ error }) => error === null);
  return html`<section id="${stateAnchor(execution, name)}">
    <h3>${shown(name)}</h3>
    <p>${timeAndDuration(state)} ${outcome !== null && badge(outcome)} ${reason !== null && shown(reason)}</p>
    ${!wasSimple && attemptsTable(`Attempts of ${name}, ${execution} execution`, attempts)}
    ${loggedData("Input", input)} ${loggedData("Output", output)}
    ${lines.length > 0 && folded("Log", counted(lines.length, "line"), logTable(`Log of ${name}, ${execution} execution`, lines))}
  </section>`;
};

/** Where the section of a state is in the page; no state's name has a space here. */
export const stateAnchor = (execution: string, state: string): string => `${execution}-${state}`;

// What is not logged, as what a state of type Fail returns, is left out.
const loggedData = (title: string, data: LoggedData): Markup | null => {
  if ("value" in data) return foldedJson(title, data.value);
  return data.missing === "not-logged" ? null : html`<p class="hint">${title}: too large for the log.</p>`;
};

const attemptsTable = (label: string, attempts: Attempt[]): Markup | null => {
  const rows = attempts.map(({ at, ms, error }, index) => [
    index + 1,
    time(at),
    ms === null ? "–" : formatDuration(ms),
    error === null ? badge("succeeded") : errorText(error),
  ]);
  return table(label, ["Attempt", "Began", "Took", "Error"], rows);
};

const logTable = (label: string, lines: StateTrace["lines"]): Markup | null => {
  const rows = lines.map(({ at, level, message, fields }) => [
    message ?? "–",
    time(at),
    level ?? "–",
    html`<code>${shown(JSON.stringify(fields))}</code>`,
  ]);
  return table(label, ["Message", "Time", "Level", "More"], rows);
};
