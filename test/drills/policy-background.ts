import { SFNClient, StartExecutionCommand } from "@aws-sdk/client-sfn";
import { ofType } from "../../emulator/graph/graph.ts";
import { localConfig } from "../../ops/command/clients.ts";
import { followExecution } from "../../ops/command/follow-execution.ts";
import { type Json, sampleEvent, sampleInvoice, sampleSubscription } from "../../samples/stripe-objects.ts";
import { planted } from "../helpers/planted.ts";
import type { Serving } from "../helpers/serving.ts";

const start = 1_767_225_600;
const of = (id: string, status: string): Json =>
  planted({ ...sampleSubscription({ id, status, start, end: start + 100 }), livemode: true });

const event = (id: string, type: string, second: number, object: Json, previous?: Json): Json =>
  sampleEvent(id, `customer.subscription.${type}`, start + second, object, previous);

// Of each type of event one that leaves a gap: between its state and another one's an event is missing.
const lives = (): Json[][] => [
  [
    event("evt_gap_c1", "updated", 20, of("sub_gap_c", "unpaid"), { status: "past_due" }),
    event("evt_gap_c2", "created", 10, of("sub_gap_c", "active")),
  ],
  [
    event("evt_gap_u1", "created", 10, of("sub_gap_u", "active")),
    event("evt_gap_u2", "updated", 20, of("sub_gap_u", "unpaid"), { status: "past_due" }),
  ],
  [
    event("evt_gap_d1", "created", 10, of("sub_gap_d", "active")),
    event("evt_gap_d2", "updated", 20, of("sub_gap_d", "unpaid"), { status: "past_due" }),
    event("evt_gap_d3", "updated", 30, of("sub_gap_d", "active"), { status: "trialing" }),
    event("evt_gap_d4", "deleted", 40, of("sub_gap_d", "canceled")),
  ],
];

/**
 * All that asks Stripe: gaps after an event of each type, the nightly schedule, one that cannot start its target, a run that hands on to
 * another execution, and what an operator starts of both machines, that which ends in the dead-letter queue too.
 */
export const runBackground = async (serving: Serving): Promise<void> => {
  for (const life of lives()) for (const one of life) await serving.handle(one);
  await serving.executions.idle();
  // Stripe has it, and no event told of it.
  const seen = event("evt_unseen_1", "created", 10, of("sub_unseen", "active"));
  const invoice = { customer: "cus_sample", subscription: "sub_gap_u", amount: 580, created: start, paidAt: start };
  const paid = planted(sampleInvoice({ ...invoice, id: "in_unseen", start, end: start + 100 }));
  const reversal = { amount: 100, charge: "ch_unseen", created: start, currency: "jpy", payment_intent: "pi_unseen" };
  const refund = planted({ id: "re_unseen", object: "refund", ...reversal, status: "succeeded" });
  const dispute = planted({ id: "dp_unseen", object: "dispute", ...reversal, status: "needs_response" });
  const unseen = [
    seen,
    sampleEvent("evt_unseen", "invoice.paid", start, paid),
    sampleEvent("evt_unseen_2", "refund.created", start, refund),
    sampleEvent("evt_unseen_3", "charge.dispute.created", start, dispute),
  ];
  serving.learn(unseen.map((one) => serving.envelope(one)));
  const [schedule] = ofType(serving.graph, "aws:scheduler/schedule:Schedule");
  const name = `${schedule?.inputs["name"]}`;
  // The first time it cannot, by a fault.
  await serving.scheduler.run(name);
  await serving.setFaults(null);
  await serving.scheduler.run(name);
  await serving.executions.idle();
  const { reconcile, "heal-subscription": heal } = serving.stack.stateMachines;
  const inputs: [string | undefined, object][] = [
    [reconcile, { run: { since: 0, pages: 999 } }],
    [reconcile, { run: { since: "yesterday" } }],
    [heal, { waitSeconds: 0 }],
  ];
  const sfn = new SFNClient(localConfig(serving.stack.bus.arn, serving.url));
  for (const [stateMachineArn, input] of inputs) {
    const { executionArn } = await sfn.send(
      new StartExecutionCommand({ stateMachineArn, input: JSON.stringify(input) }),
    );
    await serving.executions.idle();
    await followExecution(sfn, `${executionArn}`, { signal: new AbortController().signal });
  }
  sfn.destroy();
};
