import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { Sha256 } from "@smithy/core/checksum";
import { SignatureV4 } from "@smithy/signature-v4";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { functionTimeoutSeconds } from "../../../infra/processing/function.ts";
import { call, DynamoDBError, mostTries, silentMilliseconds } from "../../../lambdas/dynamodb/dynamodb.ts";
import { post } from "../../../lambdas/dynamodb/post.ts";
import { bodyOf } from "../../../emulator/dynamodb/forward.ts";
import { urlOf } from "../../../local/server.ts";
import { rejects } from "../../helpers/rejects.ts";

const test = suite("a call of DynamoDB");

type Answer = (response: ServerResponse, request: IncomingMessage, body: string) => void;

// Answers the first request by the first of these, and so on; returns what was asked, and what came of it.
const asked = async <T>(answers: Answer[], run: (endpoint: string) => Promise<T>): Promise<T> => {
  const left = [...answers];
  const server = createServer(async (request, response) => {
    const body = await bodyOf(request);
    left.shift()?.(response, request, `${body}`);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const before = { ...process.env };
  const settings = {
    AWS_ENDPOINT_URL_DYNAMODB: urlOf(server),
    AWS_REGION: "ap-northeast-1",
    AWS_ACCESS_KEY_ID: "TESTS",
    AWS_SECRET_ACCESS_KEY: "none",
    AWS_SESSION_TOKEN: "none",
  };
  Object.assign(process.env, settings);
  try {
    return await run(urlOf(server));
  } finally {
    for (const name of Object.keys(settings)) delete process.env[name];
    Object.assign(process.env, before);
    server.closeAllConnections();
    server.close();
    assert.is(left.length, 0, "Not all that was to be asked was asked");
  }
};

const refuses =
  (status: number, name: string): Answer =>
  (response) => {
    response.writeHead(status);
    response.end(JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${name}`, message: `It is ${name}` }));
  };

const finds: Answer = (response) => response.end(JSON.stringify({ Item: { PK: { S: "USER#1" } } }));

interface Seen {
  headers: IncomingMessage["headers"];
  body: string;
}

// Finds the item, and keeps what it was asked by.
const findsAndKeeps =
  (seen: Seen[]): Answer =>
  (response, request, body) => {
    seen.push({ headers: request.headers, body });
    finds(response, request, body);
  };

const breaks: Answer = (response) => response.socket?.destroy();

const get = () => call("GetItem", { TableName: "core", Key: { PK: { S: "USER#1" } } });

test("says in AWS's way what is wanted, and returns what is answered", async () => {
  const seen: Seen[] = [];
  assert.equal(await asked([findsAndKeeps(seen)], get), { Item: { PK: { S: "USER#1" } } });
  assert.equal(
    seen.map(({ headers, body }) => ({ target: headers["x-amz-target"], body: JSON.parse(body) })),
    [{ target: "DynamoDB_20120810.GetItem", body: { TableName: "core", Key: { PK: { S: "USER#1" } } } }],
  );
});

test("is signed as the SDK signs", async () => {
  const seen: Seen[] = [];
  const takes = findsAndKeeps(seen);
  await asked([takes, takes], () => Promise.all([get(), get()]));
  for (const { headers, body } of seen) {
    const [, accessKeyId = "", region = "", names = ""] =
      /Credential=([^/]+)\/\d+\/([^/]+)\/.*SignedHeaders=([^,]+)/.exec(`${headers.authorization}`) ?? [];
    const credentials = { accessKeyId, secretAccessKey: "none", sessionToken: "none" };
    const [year, month, day, hour, minute, second] = `${headers["x-amz-date"]}`.match(/^\d{4}|\d{2}/g) ?? [];
    const signingDate = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
    const signed = names.split(";").map((name) => [name, `${headers[name]}`]);
    const { hostname } = new URL(`http://${headers.host}`);
    const signer = new SignatureV4({ service: "dynamodb", region, credentials, sha256: Sha256, applyChecksum: false });
    const request = {
      method: "POST",
      protocol: "http:",
      hostname,
      path: "/",
      headers: Object.fromEntries(signed),
      body,
    };
    const { headers: expected } = await signer.sign(request, { signingDate });
    assert.is(headers.authorization, expected["authorization"]);
    assert.equal(names.split(";"), ["content-type", "host", "x-amz-date", "x-amz-security-token", "x-amz-target"]);
  }
});

for (const [what, answer] of Object.entries({
  "DynamoDB throttles": refuses(400, "ProvisionedThroughputExceededException"),
  "DynamoDB fails": refuses(500, "InternalServerError"),
  "DynamoDB's door fails": ((response) => {
    response.writeHead(503);
    response.end("<html>");
  }) satisfies Answer,
  "the connection breaks": breaks,
})) {
  test(`is tried again where ${what}`, async () => {
    assert.equal(await asked([answer, finds], get), { Item: { PK: { S: "USER#1" } } });
  });
}

test("is given up after the third try, with DynamoDB's own error", async () => {
  const fails = refuses(500, "InternalServerError");
  const error = await asked([fails, fails, fails], () => rejects(get()));
  assert.instance(error, DynamoDBError);
  assert.is(error.name, "InternalServerError");
  assert.is(error.message, "It is InternalServerError");
});

test("is given up while the Lambda has time to say so", () => {
  const backoffs = 1000;
  assert.ok(mostTries * silentMilliseconds + backoffs < 1000 * functionTimeoutSeconds);
});

test("is not tried again where DynamoDB refuses it", async () => {
  const error = await asked([refuses(400, "ConditionalCheckFailedException")], () => rejects(get()));
  assert.is(error.name, "ConditionalCheckFailedException");
});

test("fails by what was answered if that is no error of DynamoDB's", async () => {
  const error = await asked([(response) => response.writeHead(403).end("a proxy says no")], () => rejects(get()));
  assert.is(error.name, "UnknownError");
  assert.is(error.message, "DynamoDB answered 403: a proxy says no");
  const other = await asked([(response) => response.writeHead(403).end('{"error":"no"}')], () => rejects(get()));
  assert.is(other.name, "UnknownError");
  assert.is(other.message, 'DynamoDB answered 403: {"error":"no"}');
});

test("ends in an error that is tried again if nothing comes, or no more comes", async () => {
  const silent: Answer = () => {};
  const stops: Answer = (response) => response.writeHead(200, { "content-length": "100" }).write("{");
  for (const answer of [silent, stops]) {
    const error = await asked([answer], (endpoint) => rejects(post(new URL(endpoint), {}, "{}", 50)));
    assert.is(error.name, "TimeoutError");
    assert.is(error.message, "127.0.0.1 was silent for 50 ms");
  }
});

test.run();
