import { html } from "hono/html";
import { counted } from "../../ops/terminal/counted.ts";
import type { Alarm } from "../../ops/system/read-alarms.ts";
import { folded, section, table } from "../html/parts.ts";
import { badge, type Markup, shown, time } from "../html/text.ts";

/** The alarms of a stack: those that are on, and the others folded. */
export const alarmsSection = (alarms: Alarm[]): Markup => {
  const off = alarms.filter(({ state }) => state !== "ALARM");
  const on = alarms.filter(({ state }) => state === "ALARM");
  return section(
    "alarms",
    "Alarms",
    alarmTable("Alarms that are on", on) ?? html`<p>${badge("no alarm is on", "good")}</p>`,
    folded(
      `${counted(off.length, "alarm")} that ${off.length === 1 ? "is" : "are"} not on`,
      "",
      alarmTable("Alarms that are not on", off),
    ),
  );
};

const states: Record<Alarm["state"], Markup> = {
  ALARM: badge("in alarm", "bad"),
  OK: badge("ok", "good"),
  INSUFFICIENT_DATA: badge("not enough data", "plain"),
};

const alarmTable = (label: string, alarms: Alarm[]): Markup | null => {
  const rows = alarms.map(({ name, state, since, description, reason }) => [
    name,
    states[state],
    since === null ? "–" : time(since),
    html`${shown(description)}${reason !== null && html`<br /><span class="hint">${shown(reason)}</span>`}`,
  ]);
  return table(label, ["Alarm", "State", "Since", "Description"], rows);
};
