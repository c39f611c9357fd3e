import { html } from "hono/html";
import { counted } from "../../ops/terminal/counted.ts";
import type { Alarm } from "../../ops/system/read-alarms.ts";
import { table } from "../html/table.ts";
import { badge, type Markup, shown, time } from "../html/text.ts";

/** The alarms of a stack: those that are on, and the others folded. */
export const alarmsSection = (alarms: Alarm[]): Markup => {
  const on = alarms.filter(({ state }) => state === "ALARM");
  const off = alarms.filter(({ state }) => state !== "ALARM");
  return html`
    <h2 id="alarms">Alarms</h2>
    ${on.length > 0 ? alarmTable("Alarms that are on", on) : html`<p>${badge("no alarm is on", "good")}</p>`}
    <details>
      <summary>${counted(off.length, "alarm")} that ${off.length === 1 ? "is" : "are"} not on</summary>
      ${alarmTable("Alarms that are not on", off)}
    </details>
  `;
};

const alarmTable = (label: string, alarms: Alarm[]): Markup =>
  table(
    label,
    ["Alarm", "State", "Since", "Description"],
    alarms.map(({ name, state, since, description, reason }) => [
      name,
      stateBadge(state),
      since === null ? "–" : time(since),
      reason === null ? description : html`${shown(description)}<br /><span class="hint">${shown(reason)}</span>`,
    ]),
  );

const stateBadge = (state: Alarm["state"]): Markup => {
  if (state === "ALARM") return badge("in alarm", "bad");
  return state === "OK" ? badge("ok", "good") : badge("not enough data", "plain");
};
