import { suite } from "uvu";
import * as assert from "uvu/assert";
import { permissionsPage } from "../../tools/audit/permissions-page.ts";
import { policiesOf } from "../../emulator/iam/graph-policies.ts";
import { graphOf } from "../helpers/stack.ts";

const test = suite("the page of what may do what");

test("does not depend on the order in which the program makes things", async () => {
  const graph = await graphOf("prod");
  assert.is(permissionsPage({ ...graph, resources: graph.resources.toReversed() }), permissionsPage(graph));
});

test("names every role, every queue and every action of every policy", async () => {
  const graph = await graphOf("prod");
  const page = permissionsPage(graph);
  const policies = policiesOf(graph).filter(({ name }) => !name.startsWith("trust of "));
  for (const { name, statements } of policies) {
    assert.match(page, name.replace("role ", ""));
    for (const action of statements.flatMap(({ Action }) => Action)) assert.match(page, `\`${action}\``);
  }
});

test.run();
