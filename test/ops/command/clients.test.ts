import { StartSyncExecutionCommand } from "@aws-sdk/client-sfn";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { awsConfig, type ClientConfig, clientsOf } from "../../../ops/command/clients.ts";

const test = suite("the clients of an operator's commands");

const arn = "arn:aws:states:ap-northeast-1:123456789012:stateMachine:prod-homebiyori-invoice-paid";

// The host that a start would be sent to, and the one that its headers name.
const hostsOf = async (config: Partial<ClientConfig>): Promise<string[]> => {
  const credentials = { accessKeyId: "TESTS", secretAccessKey: "none" };
  const { sfn } = clientsOf({ ...awsConfig(arn), credentials, ...config });
  const hosts: string[] = [];
  sfn.middlewareStack.add(
    () => (args) => {
      const { hostname, headers } = Object(args.request);
      hosts.push(hostname, headers.host);
      throw new Error("It is not sent");
    },
    { step: "finalizeRequest", priority: "low" },
  );
  await sfn.send(new StartSyncExecutionCommand({ stateMachineArn: arn, input: "{}" })).catch(() => {});
  return hosts;
};

test("send a synchronous start to the host that AWS has for it, and to any other endpoint as that is named", async () => {
  const own = "sync-states.ap-northeast-1.amazonaws.com";
  assert.equal(await hostsOf({}), [own, own]);
  assert.equal(await hostsOf({ endpoint: "http://127.0.0.1:4400" }), ["127.0.0.1", "127.0.0.1:4400"]);
  assert.equal(await hostsOf({ endpoint: "http://aws.test" }), ["aws.test", "aws.test"]);
});

test.run();
