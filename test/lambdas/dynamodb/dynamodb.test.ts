import { execFile } from "node:child_process";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { GetCommand } from "@aws-sdk/lib-dynamodb";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { bodyOf } from "../../../emulator/dynamodb/forward.ts";
import { functionTimeoutSeconds } from "../../../infra/processing/function.ts";
import {
  dynamodb,
  isConditionFailed,
  maxAttempts,
  requestTimeoutMilliseconds,
} from "../../../lambdas/dynamodb/dynamodb.ts";
import { urlOf } from "../../../console/http/listen.ts";
import { rejects } from "../../helpers/rejects.ts";

const test = suite("a call of DynamoDB");

type Answer = (response: ServerResponse, request: IncomingMessage) => void;

// What the server has still to answer, by the key that is asked for.
const planned = new Map<string, Answer[]>();

const server = createServer(async (request, response) => {
  const { Key } = JSON.parse(`${await bodyOf(request)}`);
  const answer = planned.get(Key.PK.S)?.shift();
  if (answer) answer(response, request);
  else refuses(400, "MoreAttemptsThanPlanned")(response, request);
});

const before = { ...process.env };

test.before(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_DYNAMODB: urlOf(server),
    AWS_REGION: "ap-northeast-1",
    AWS_ACCESS_KEY_ID: "TESTS",
    AWS_SECRET_ACCESS_KEY: "none",
  });
});

test.after(() => {
  process.env = before;
  server.closeAllConnections();
  server.close();
});

// Asks for an item whose key no other test asks for; the server answers the first attempt by the first of these, and so on.
const get = async (key: string, answers: Answer[]): Promise<unknown> => {
  const left = [...answers];
  planned.set(key, left);
  try {
    return (await dynamodb.send(new GetCommand({ TableName: "core", Key: { PK: key } }))).Item;
  } finally {
    assert.is(left.length, 0, `${left.length} of ${answers.length} planned attempts were not made`);
  }
};

const refuses =
  (status: number, name: string): Answer =>
  (response) => {
    response.writeHead(status);
    response.end(JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${name}`, message: `It is ${name}` }));
  };

const found = { PK: "USER#1", stripe_version: 7 };
const finds: Answer = (response) =>
  response.end(JSON.stringify({ Item: { PK: { S: "USER#1" }, stripe_version: { N: "7" } } }));

const isNoJson =
  (status: number): Answer =>
  (response) =>
    response.writeHead(status).end("<html>a proxy says no</html>");

const isReset: Answer = (response) => response.socket?.destroy();
const isSilent: Answer = () => {};
const stops: Answer = (response) => response.writeHead(200, { "content-length": "100" }).write("{");

test("asks with the environment's credentials, and returns plain values", async () => {
  let headers: IncomingMessage["headers"] = {};
  const keeps: Answer = (response, request) => {
    headers = request.headers;
    finds(response, request);
  };
  assert.equal(await get("plain", [keeps]), found);
  assert.is(headers["x-amz-target"], "DynamoDB_20120810.GetItem");
  assert.match(`${headers.authorization}`, /Credential=TESTS\/\d+\/ap-northeast-1\/dynamodb\//);
});

test("keeps its connection for the next one", async () => {
  const ports: unknown[] = [];
  const keeps: Answer = (response, request) => {
    ports.push(request.socket.remotePort);
    finds(response, request);
  };
  for (const key of ["first", "second"]) await get(key, [keeps]);
  assert.is(new Set(ports).size, 1);
});

for (const [what, answer] of Object.entries({
  "DynamoDB throttles": refuses(400, "ProvisionedThroughputExceededException"),
  "DynamoDB fails": refuses(500, "InternalServerError"),
  "a proxy fails": isNoJson(503),
  "the connection is reset": isReset,
})) {
  test(`is attempted again where ${what}`, async () => {
    assert.equal(await get(what, [answer, finds]), found);
  });
}

test("is attempted three times, for two seconds each", () => {
  assert.equal([maxAttempts, requestTimeoutMilliseconds], [3, 2000]);
});

test("fails after the last attempt with DynamoDB's own error", async () => {
  const fails = refuses(500, "InternalServerError");
  const error = await rejects(
    get(
      "fails",
      Array.from({ length: maxAttempts }, () => fails),
    ),
  );
  assert.is(error.name, "InternalServerError");
  assert.is(error.message, "It is InternalServerError");
});

test("is not attempted again where the condition does not hold", async () => {
  const error = await rejects(get("condition", [refuses(400, "ConditionalCheckFailedException")]));
  assert.ok(isConditionFailed(error));
});

test("is not attempted again where DynamoDB refuses it for anything else", async () => {
  const error = await rejects(get("refused", [refuses(400, "ValidationException")]));
  assert.is(error.name, "ValidationException");
  assert.not(isConditionFailed(error));
});

test("fails by the answer's status where that is no error of DynamoDB's", async () => {
  const error = await rejects(get("proxy", [isNoJson(403)]));
  assert.is(Object(error).$metadata.httpStatusCode, 403);
});

// At once, as each waits for the timeout.
test("is attempted again where nothing comes or no more comes, and fails within the Lambda's time where that goes on", async () => {
  const since = performance.now();
  const [afterSilence, afterStop, error] = await Promise.all([
    get("silent", [isSilent, finds]),
    get("stops", [stops, finds]),
    rejects(
      get(
        "always silent",
        Array.from({ length: maxAttempts }, () => isSilent),
      ),
    ),
  ]);
  assert.equal([afterSilence, afterStop], [found, found]);
  assert.is(error.name, "TimeoutError");
  assert.ok(performance.now() - since < 1000 * (functionTimeoutSeconds - 1));
});

test("goes to the endpoint that is set for all services, AWS_ENDPOINT_URL, as every client of the SDK", async () => {
  planned.set("elsewhere", [finds]);
  const module = pathToFileURL(join(import.meta.dirname, "../../../lambdas/dynamodb/dynamodb.ts"));
  const program = `
    import { dynamodb } from "${module}";
    import { GetCommand } from "@aws-sdk/lib-dynamodb";
    const { Item } = await dynamodb.send(new GetCommand({ TableName: "core", Key: { PK: "elsewhere" } }));
    console.log(JSON.stringify(Item));`;
  const { AWS_ENDPOINT_URL_DYNAMODB: url, ...env } = process.env;
  const options = { env: { ...env, AWS_ENDPOINT_URL: url } };
  const args = ["--input-type=module", "--eval", program];
  const { stdout } = await promisify(execFile)(process.execPath, args, options);
  assert.equal(JSON.parse(stdout), found);
});

test.run();
