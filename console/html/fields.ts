import { html } from "hono/html";
import { type Markup, shown } from "./text.ts";

/** The values that can be chosen, each with what is shown of it. */
export type Choices = Readonly<Record<string, string>>;

/** A field in which one of these is chosen, those of each group under its name. */
export const choiceField = (name: string, label: string, groups: Readonly<Record<string, Choices>>): Markup =>
  html`<label
    >${label}
    <select name="${name}">
      ${Object.entries(groups).map(([group, choices]) => {
        const options = Object.entries(choices).map(
          ([value, text]) => html`<option value="${value}">${shown(text)}</option>`,
        );
        return group === "" ? options : html`<optgroup label="${group}">${options}</optgroup>`;
      })}
    </select>
  </label>`;

/** A field for a text. */
export const textField = (name: string, label: string, { hint = "", list = "" } = {}): Markup =>
  html`<label
    >${label} <input name="${name}" placeholder="${hint}" maxlength="300" ${list ? html`list="${list}"` : ""}
  /></label>`;
