import { suite } from "uvu";
import * as assert from "uvu/assert";
import { workflows } from "../../infra/workflows.ts";
import { missingParts } from "../helpers/missing-parts.ts";
import { graphOf } from "../helpers/stack.ts";

const test = suite("the handled types of event");

// `npm test` runs this before all others: where something is missing nearly all of them fail, and few of them by what that is.
test("have all that they need", async () => {
  const missing = missingParts();
  if (missing.length > 0) throw new Error(missing.join("\n"));
  await graphOf("dev");
});

test("are asked for what they lack in a sentence each, which says where it goes", () => {
  const refunded = { eventType: "charge.refunded", name: "charge-refunded", description: "records the refund" };
  const types = workflows.map(({ eventType }) => eventType);
  assert.equal(missingParts([...workflows, { ...refunded, definition: "write-refund" }], types), [
    "Write statemachines/write-refund.asl.json, the definition that infra/workflows.ts names for charge.refunded.",
    "Add a sample of charge.refunded to samples/events.ts.",
  ]);
  assert.equal(missingParts(workflows, [...types, "charge.refunded"]), [
    "Add a row for charge.refunded to infra/workflows.ts, or delete its sample from samples/events.ts.",
  ]);
  const twin = { ...refunded, name: "invoice-paid", definition: "write-payment" };
  assert.equal(missingParts([...workflows, twin], [...types, "charge.refunded"]), [
    "Give each row of infra/workflows.ts a name of its own: invoice-paid is there twice.",
  ]);
});

test.run();
