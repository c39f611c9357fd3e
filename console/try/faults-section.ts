import { html } from "hono/html";
import type { Graph } from "../../emulator/graph/graph.ts";
import { faultKinds, type FaultPlan } from "../../emulator/faults/faults.ts";
import type { Workbench } from "../console-args.ts";
import { choiceField, textField } from "../html/fields.ts";
import { table } from "../html/table.ts";
import type { Markup } from "../html/text.ts";

/** The faults that are injected, a form that adds one, and buttons that take them away. */
export const faultsSection = ({ faults }: FaultPlan, graph: Graph): Markup => html`
  <section aria-labelledby="faults">
    <h2 id="faults">Inject faults</h2>
    <form method="post" action="/try/faults">
      ${choiceField(
        "fault",
        "Fault",
        Object.fromEntries(
          Object.entries(faultKinds).map(([hop, kinds]) => [
            hop,
            Object.fromEntries(kinds.map((kind) => [`${hop} ${kind}`, `${hop} ${kind}`])),
          ]),
        ),
      )}
      ${textField("at", "Only at", { hint: "rule, machine or Lambda", list: "places" })}
      ${textField("probability", "Probability", { hint: "1" })}
      ${textField("event", "Or only of the event", { hint: "evt_…" })}
      <datalist id="places">${placesOf(graph).map((place) => html`<option value="${place}"></option>`)}</datalist>
      <button>Turn on</button>
    </form>
    ${faults.length === 0 ? html`<p>No fault is on.</p>` : faultsTable(faults)}
  </section>
`;

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

const faultsTable = (faults: FaultPlan["faults"]): Markup => html`
  ${table(
    "Faults that are on",
    ["Hop", "Fault", "Where", "When", "Turn off"],
    faults.map(({ hop, kind, at = "everywhere", probability, events }, index) => [
      hop,
      kind,
      at,
      events?.join(", ") ?? `at ${Math.round(1000 * (probability ?? 0)) / 10} % of the chances`,
      html`<form method="post" action="/try/faults/off">
        <button name="number" value="${index + 1}" aria-label="Turn off ${hop} ${kind}">Turn off</button>
      </form>`,
    ]),
  )}
  <form method="post" action="/try/faults/off"><button>Turn all off</button></form>
`;

const placed = /:(EventRule|StateMachine|Function|Schedule)$/;

const placesOf = ({ resources }: Graph): string[] =>
  resources.filter(({ type }) => placed.test(type)).map(({ inputs }) => `${inputs["name"]}`);
