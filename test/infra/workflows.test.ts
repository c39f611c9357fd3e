import { suite } from "uvu";
import * as assert from "uvu/assert";
import { workflows } from "../../infra/workflows.ts";
import { missingParts } from "../helpers/missing-parts.ts";
import { graphOf } from "../helpers/stack.ts";

const test = suite("the handled types of event");

// `npm test` runs this before all others, and alone if it fails: nearly all of them would fail too, and few say what is missing.
test("have all that they need", async () => {
  const missing = missingParts();
  if (missing.length > 0) throw new Error(missing.join("\n"));
  await graphOf("dev");
});

test("are asked for what they lack in a sentence each, which says where it goes", () => {
  const madeUp = { eventType: "thing.made_up", name: "thing-made-up", description: "does nothing" };
  const types = workflows.map(({ eventType }) => eventType);
  assert.equal(missingParts([...workflows, { ...madeUp, definition: "make-thing" }], types), [
    "Write statemachines/make-thing.asl.json, the definition that infra/workflows.ts names for thing.made_up.",
    "Add a sample of thing.made_up to samples/events.ts.",
  ]);
  assert.equal(missingParts(workflows, [...types, "thing.made_up"]), [
    "Add a row for thing.made_up to infra/workflows.ts, or delete its sample from samples/events.ts.",
  ]);
  const twin = { ...madeUp, name: "invoice-paid", definition: "write-payment" };
  assert.equal(missingParts([...workflows, twin], [...types, "thing.made_up"]), [
    "Give each row of infra/workflows.ts a name of its own: invoice-paid is there twice.",
    "Add thing.made_up to write-payment in lambdas/stripe/event-types.ts.",
  ]);
});

test.run();
