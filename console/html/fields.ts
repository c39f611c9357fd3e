import { html } from "hono/html";
import { type Content, type Markup, shown } from "./text.ts";

/** A form that changes something. */
export const postForm = (action: string, ...content: Content[]): Markup =>
  html`<form method="post" action="${action}">${content}</form>`;

/** A button, and its name where what it says is not enough of one. */
export const button = (text: string, name: string | null = null): Markup =>
  html`<button ${name !== null && html`aria-label="${shown(name)}"`}>${shown(text)}</button>`;

/** A field in which one value is chosen, each with the text that is shown of it, which is the value itself where it stands alone. */
export const choiceField = (
  name: string,
  label: string,
  choices: readonly (string | readonly [value: string, text: string])[],
  chosen?: string,
): Markup => {
  const options = choices.map((choice) => {
    const [value, text] = typeof choice === "string" ? [choice, choice] : choice;
    return html`<option value="${value}" ${value === chosen && "selected"}>${shown(text)}</option>`;
  });
  return html`<label
    >${label}
    <select name="${name}">
      ${options}
    </select></label
  >`;
};

/** A field for a text. */
export const textField = (name: string, label: string, { hint = "", value = "", list = "" } = {}): Markup =>
  html`<label
    >${label}
    <input name="${name}" value="${value}" placeholder="${hint}" maxlength="300" ${list && html`list="${list}"`}
  /></label>`;

/** A field that is not seen. */
export const hiddenField = (name: string, value: string): Markup =>
  html`<input type="hidden" name="${name}" value="${value}" />`;
