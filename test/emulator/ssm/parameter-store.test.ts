import * as aws from "@pulumi/aws";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { makeFunction, makeStateMachine, startProgram } from "../../helpers/program-parts.ts";
import { rejects } from "../../helpers/rejects.ts";

const test = suite("the Parameter Store");

// Asks as the SDK does.
const code = `exports.handler = async ({ key = process.env.AWS_ACCESS_KEY_ID, target = "GetParameter", ...input }) => {
  const response = await fetch(process.env.AWS_ENDPOINT_URL_SSM, {
    method: "POST",
    headers: { "x-amz-target": "AmazonSSM." + target, authorization: "AWS4-HMAC-SHA256 Credential=" + key + "/2027/a" },
    body: JSON.stringify(input),
  });
  return { status: response.status, setting: process.env.SETTING, ...(await response.json()) };
}`;

const arnOf = (parameter: string) => `arn:aws:ssm:eu-west-1:123456789012:parameter/${parameter}`;

const program = (): void => {
  new aws.ssm.Parameter("secret", { name: "corner-secret", type: "SecureString", valueWo: "unset", valueWoVersion: 1 });
  new aws.ssm.Parameter("plain", { name: "/corner/plain", type: "String", value: "as the program says" });
  const resources = ["corner-secret", "corner/plain", "gone"].map(arnOf);
  const reads = makeFunction("reads", code, [{ Action: "ssm:GetParameter", Resource: resources }]);
  const may = makeFunction("may-not", code);
  for (const [name, lambda] of Object.entries({ reads, may })) {
    const Parameters = lambda.arn.apply((FunctionName) => ({ FunctionName, "Payload.$": "$" }));
    const task = { Type: "Task", Resource: "arn:aws:states:::lambda:invoke", TimeoutSeconds: 5, Parameters, End: true };
    makeStateMachine(name, "EXPRESS", { Ask: task }, { allow: [{ Action: "lambda:InvokeFunction" }] });
  }
};

let emulator: Awaited<ReturnType<typeof startProgram>>;
test.before(async () => {
  const parameters = { secret: "a secret" };
  emulator = await startProgram(program, { parameters, lambdaEnvironment: { SETTING: "for all" } });
});
test.after(() => emulator.stop());

const ask = async (machine: string, input: object) => {
  const arn = `arn:aws:states:eu-west-1:123456789012:stateMachine:${machine}`;
  const execution = await emulator.executions.start(arn, "one", input);
  return Object(execution?.output).Payload;
};

test("answers with a parameter's value, which the run or the program gives it", async () => {
  const { status, Parameter } = await ask("reads", { Name: "corner-secret", WithDecryption: true });
  assert.is(status, 200);
  assert.equal(Parameter, {
    Name: "corner-secret",
    Type: "SecureString",
    Value: "a secret",
    Version: 1,
    ARN: arnOf("corner-secret"),
    DataType: "text",
  });
  for (const Name of ["/corner/plain", arnOf("corner/plain")])
    assert.is((await ask("reads", { Name })).Parameter.Value, "as the program says");
});

test("answers without decryption with an encrypted text", async () => {
  const { Parameter } = await ask("reads", { Name: "corner-secret" });
  assert.match(Parameter.Value, /^[\w+/]{40,}=*$/);
});

test("refuses whom the policies do not allow, and what there is not", async () => {
  const refused = await ask("may", { Name: "corner-secret", WithDecryption: true });
  assert.is(refused.__type, "AccessDeniedException");
  const message = `may-not is not authorized to perform: ssm:GetParameter on resource: ${arnOf("corner-secret")} because`;
  assert.match(refused.message, message);
  const cases: [object, string][] = [
    [{ Name: "gone" }, "ParameterNotFound"],
    [{ Name: "other" }, "AccessDeniedException"],
    [{ Name: "corner-secret", key: "someone" }, "AccessDeniedException"],
    [{ Name: "corner-secret", target: "PutParameter" }, "UnknownOperationException"],
    [{ Name: "corner-secret", Version: 2 }, "ValidationException"],
  ];
  for (const [input, name] of cases) assert.is((await ask("reads", input)).__type, name);
});

test("records what its policies allowed", async () => {
  const uses = await emulator.uses();
  const asked = uses.filter(({ request }) => request.action === "ssm:GetParameter");
  const use = asked.find(({ policies }) => policies.includes("role reads-lambda"));
  assert.is(use?.request.resource, arnOf("corner-secret"));
});

test("gives all Lambdas the environment of the run", async () => {
  assert.is((await ask("may", { Name: "gone" })).setting, "for all");
});

test("knows the AWS-managed key only, and no values of parameters that there are not", async () => {
  const withKey = () =>
    void new aws.ssm.Parameter("own", { name: "own", type: "SecureString", keyId: "alias/own", value: "" });
  assert.match((await rejects(startProgram(withKey))).message, "Parameter own: the emulator knows the AWS-managed key");
  const starting = startProgram(program, { parameters: { secrets: "" } });
  assert.match((await rejects(starting)).message, /There is no parameter secrets; there are .*secret, corner-secret/);
});

test.run();
