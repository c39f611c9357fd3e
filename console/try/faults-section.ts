import { html } from "hono/html";
import type { Graph } from "../../emulator/graph/graph.ts";
import { faultKinds, type FaultPlan } from "../../emulator/faults/faults.ts";
import type { Workbench } from "../console-args.ts";
import { button, choiceField, hiddenField, postForm, textField } from "../html/fields.ts";
import { section, table } from "../html/parts.ts";
import type { Markup } from "../html/text.ts";

/** The faults that are injected, a form that adds one, and buttons that take them away. */
export const faultsSection = ({ faults }: FaultPlan, { resources }: Graph): Markup => {
  const kinds = Object.entries(faultKinds).flatMap(([hop, all]) => all.map((kind) => `${hop} ${kind}`));
  const places = resources.filter(({ type }) => placed.test(type)).map(({ inputs }) => `${inputs["name"]}`);
  const rows = faults.map(({ hop, kind, at = "everywhere", probability, events }, index) => [
    hop,
    kind,
    at,
    events?.join(", ") ?? `at ${Math.round(1000 * (probability ?? 0)) / 10} % of the chances`,
    postForm("/try/faults/off", hiddenField("number", `${index + 1}`), button("Turn off", `Turn off ${hop} ${kind}`)),
  ]);
  return section(
    "faults",
    "Inject faults",
    postForm(
      "/try/faults",
      choiceField("fault", "Fault", kinds),
      textField("at", "Only at", { hint: "rule, machine or Lambda", list: "places" }),
      textField("probability", "Probability", { hint: "1" }),
      textField("event", "Or only of the event", { hint: "evt_…" }),
      html`<datalist id="places">${places.map((place) => html`<option value="${place}"></option>`)}</datalist>`,
      button("Turn on"),
    ),
    table("Faults that are on", ["Hop", "Fault", "Where", "When", "Turn off"], rows),
    faults.length > 0 ? postForm("/try/faults/off", button("Turn all off")) : html`<p>No fault is on.</p>`,
  );
};

const placed = /:(EventRule|StateMachine|Function|Schedule)$/;

/** Adds the fault that a form describes to those that are on. */
export const addFault = async (form: Record<string, string>, workbench: Workbench): Promise<void> => {
  const { fault = "", at, probability = "1", event } = form;
  const [hop, kind] = fault.split(" ");
  const hits = event === undefined ? { probability: Number(probability) } : { events: [event] };
  const { seed, faults } = workbench.faults();
  await workbench.setFaults({ seed, faults: [...faults, { hop, kind, ...(at !== undefined && { at }), ...hits }] });
};

/** Takes the fault of this number away, or all where there is no number. */
export const removeFaults = async ({ number }: Record<string, string>, workbench: Workbench): Promise<void> => {
  const { seed, faults } = workbench.faults();
  const left = number === undefined ? [] : faults.filter((_, index) => `${index + 1}` !== number);
  await workbench.setFaults({ seed, faults: left });
};
