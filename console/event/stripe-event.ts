import { html } from "hono/html";
import { isObject } from "../../emulator/graph/json.ts";
import type { ExecutionTrace } from "../../ops/trace/execution-trace.ts";
import { foldedJson } from "../html/folded.ts";
import type { Markup } from "../html/text.ts";

/** The event as Stripe sent it, and EventBridge's envelope around it, from what its executions were given. */
export const stripeEvent = (executions: ExecutionTrace[]): Markup => {
  const [given] = executions.flatMap(({ input }) => ("value" in input && isObject(input.value) ? [input.value] : []));
  const isTruncated = executions.some(({ input }) => "missing" in input && input.missing === "truncated");
  return html`<section>
    <h2>The event</h2>
    ${given ? parts(given) : html`<p>${isTruncated ? tooLarge : notLogged}</p>`}
  </section>`;
};

const parts = ({ detail, ...envelope }: Record<string, unknown>): Markup =>
  html`${foldedJson("Stripe's event", detail)} ${foldedJson("EventBridge's envelope", envelope)}`;

const tooLarge = "It is too large for the state machine's log.";

const notLogged =
  "The state machine's log does not have it, as it may be personal (logExecutionData). Stripe's Workbench → Events shows it.";
