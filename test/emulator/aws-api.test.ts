import { StartSyncExecutionCommand } from "@aws-sdk/client-sfn";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { rejects } from "../helpers/rejects.ts";
import { type Serving, startServing } from "../helpers/serving.ts";

const test = suite("AWS's API");

let serving: Serving;
test.before(async () => {
  serving = await startServing();
});
test.after(() => serving.stop());

const call = async (target: string, body: string) => {
  const headers = { "content-type": "application/x-amz-json-1.0", "x-amz-target": target };
  const response = await fetch(`${serving.url}/`, { method: "POST", headers, body });
  return { status: response.status, type: response.headers.get("content-type"), body: await response.json() };
};

test("refuses a call that it does not know, and names those that it knows", async () => {
  for (const target of ["AmazonSQS.PurgeQueue", "constructor"]) {
    const { status, type, body } = await call(target, "{}");
    assert.equal([status, type, Object(body).__type], [400, "application/x-amz-json-1.0", "UnknownOperationException"]);
    assert.match(Object(body).message, `does not know ${target}; it knows AmazonSQS.ReceiveMessage`);
  }
});

test("allows an operator only what the operator's policy allows, and refuses in AWS's words", async () => {
  const stateMachineArn = `${serving.stack.stateMachines["payment-succeeded"]}-2`;
  const { name, message } = await rejects(
    serving.sfn.send(new StartSyncExecutionCommand({ stateMachineArn, name: "run-1", input: "{}" })),
  );
  assert.is(name, "AccessDeniedException");
  assert.match(message, "operator is not authorized to perform: states:StartSyncExecution on resource: ");
  assert.match(
    message,
    `${stateMachineArn} because no identity-based policy allows the states:StartSyncExecution action`,
  );
});

test.run();
