import { join } from "node:path";
import type { Bench } from "../bench-plan.ts";
import { type SeenCall, startCountingProxy } from "../cost/counting-proxy.ts";
import type { Answer } from "../lambda/lambda-process.ts";
import { lambdaNames, payloads } from "../lambda/lambda-payloads.ts";
import { startLambda } from "../lambda/lambda-run.ts";
import { percentile, ratioTo, shortly, spreadOf, textOf } from "../spread.ts";
import type { Row, Section } from "../table.ts";

const floorName = "the same requests by node:http";

/** What a warm call of each Lambda takes, in a process of its own, beside the least that its requests take with Node. */
export const warm = async (bench: Bench): Promise<Section> => {
  const { counts, bundles } = bench;
  const rows: Row[] = [];
  for (const name of lambdaNames) {
    const file = bundles.deployed[name] ?? "";
    const calls = await callsOf(bench, name);
    const requests = JSON.stringify(calls.map(({ headers, body }) => ({ headers, body })));
    const lambda = noFigures();
    const floor = noFigures();
    for (let round = 0; round < counts.rounds; round += 1) {
      await measure(lambda, file, `${name}_${round}`, bench);
      await measure(floor, httpFloor, `${name}_${round}`, bench, { HTTP_FLOOR_REQUESTS: requests });
    }
    const row = (what: string, values: number[], floors: number[]): Row => ({
      what: `${name}${what}`,
      figure: textOf(spreadOf(values), "ms"),
      ratio: ratioTo(values, floors),
      floor: floorName,
    });
    const bytes = calls.reduce((sum, { body }) => sum + Buffer.byteLength(body), 0);
    const written = calls.filter(({ action }) => action === "UpdateItem");
    const writtenBytes = written.reduce((sum, { body }) => sum + Buffer.byteLength(body), 0);
    const names = calls.map(({ action }) => action).join(", ");
    rows.push(
      row(": CPU of one of the first calls", lambda.youngCpu, floor.youngCpu),
      row(": CPU of a call", lambda.cpu, floor.cpu),
      row(": time of a call", lambda.wall, floor.wall),
      {
        what: `${name}: calls of DynamoDB`,
        figure: `${calls.length} (${names}), ${shortly(bytes)} bytes sent, ${shortly(writtenBytes)} of them to write`,
      },
    );
  }
  return { title: `Warm calls, ${counts.rounds} processes of ${counts.calls} each`, rows };
};

const youngCalls = 12;

const httpFloor = join(import.meta.dirname, "../lambda/http-floor.ts");

interface Figures {
  /** Of the second call to the thirteenth. */
  youngCpu: number[];
  cpu: number[];
  wall: number[];
}

const noFigures = (): Figures => ({ youngCpu: [], cpu: [], wall: [] });

const measure = async (
  { youngCpu, cpu, wall }: Figures,
  file: string,
  name: string,
  { counts }: Bench,
  environment: Record<string, string> = {},
): Promise<void> => {
  const lambda = await startLambda(file, environment);
  const payload = payloads[name.replace(/_.*/, "")] ?? "";
  await lambda.ask({ payload, name: `first_${name}`, times: 1 });
  const young: Answer = await lambda.ask({ payload, name: `young_${name}`, times: youngCalls });
  // Until Node has compiled what it will.
  await lambda.ask({ payload, name: `warmup_${name}`, times: Math.ceil(counts.calls / 3) });
  const answer: Answer = await lambda.ask({ payload, name: `warm_${name}`, times: counts.calls });
  await lambda.stop();
  youngCpu.push(young.cpuMilliseconds / youngCalls);
  cpu.push(answer.cpuMilliseconds / counts.calls);
  wall.push(percentile(answer.wall, 50));
};

// The calls of DynamoDB that one call of a Lambda makes.
const callsOf = async ({ bundles, tables }: Bench, name: string): Promise<SeenCall[]> => {
  const proxy = await startCountingProxy(tables.endpoint);
  const lambda = await startLambda(bundles.deployed[name] ?? "", { AWS_ENDPOINT_URL_DYNAMODB: proxy.url });
  await lambda.ask({ payload: payloads[name] ?? "", name: `calls_${name}`, times: 1 });
  await lambda.stop();
  proxy.stop();
  return proxy.take();
};
