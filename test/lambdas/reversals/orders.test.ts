import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Records } from "../../../records/records.ts";
import type { Tables } from "../../helpers/tables.ts";
import { withoutOutbox } from "../../helpers/without-outbox.ts";
import { disputeOf, eventOf, linkEvent, open, paidAt, paidEvent, play, refundOf } from "./play.ts";

const test = suite("the orders of a payment's events");

let tables: Tables;
let records: Records;
test.before(async () => {
  ({ tables, records } = await open());
});

// The names of six events, a digit each, in every set of them, each set once for each that may come last.
const orders = Array.from({ length: 2 ** 6 }, (_, bits) =>
  ["0", "1", "2", "3", "4", "5"].filter((event) => bits & (1 << Number(event))),
).flatMap((set) => set.map((last) => [...set.filter((event) => event !== last), last]));

// Where it makes no difference in any set of events which one comes last, no order makes one.
test("make the same items of a payment, its link, a refund, its failure, a dispute and its end in every order", async () => {
  for (const order of orders) {
    const name = `order${order.toSorted().join("")}x${order.at(-1)}`;
    const events = [
      paidEvent(name),
      linkEvent(name),
      eventOf("refund.created", paidAt + 100, refundOf(name)),
      eventOf("refund.failed", paidAt + 150, refundOf(name, { status: "failed", failure_reason: "declined" })),
      eventOf("charge.dispute.created", paidAt + 200, disputeOf(name, "needs_response")),
      eventOf("charge.dispute.closed", paidAt + 250, disputeOf(name, "lost")),
    ];
    for (const at of order) await play(events[Number(at)] ?? {});
  }
  const items = await tables.items(tables.payments);
  const about = Map.groupBy(items, (item) => /#\w\w_(order\d+x\d)$/.exec(`${item["PK"]}`)?.[1] ?? "");
  about.delete("");
  assert.is(about.size, 192);
  const made = Array.from(about, ([name, rows]) => ({
    set: name.split("x")[0],
    text: JSON.stringify(rows.map(withoutOutbox)).replaceAll(name, "order"),
  }));
  for (const [set, same] of Map.groupBy(made, (one) => one.set)) {
    assert.is(new Set(same.map(({ text }) => text)).size, 1, set);
  }
  const [payment] = await records.paymentsOf("in_order012345x0");
  assert.equal([payment?.status, payment?.refunded_amount, payment?.net_amount], ["lost", 0, 0]);
});

test.run();
