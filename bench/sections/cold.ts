import { spawn, spawnSync } from "node:child_process";
import { join } from "node:path";
import type { Bench } from "../bench-plan.ts";
import { lambdaNames, payloads, tag } from "../lambda-payloads.ts";
import { ratioTo, spreadOf, textOf } from "../spread.ts";
import type { Row, Section } from "../table.ts";

interface Start {
  what: string;
  command: string;
  args: string[];
  payload?: string;
}

const node = process.execPath;

const callIt =
  "require(process.argv[1]).handler(JSON.parse(process.env.PAYLOAD)).then(() => process.exit(0), () => process.exit(1))";

/** How long a process takes from its start to its end: bare, with a Lambda loaded, and with its first answer. */
export const cold = async ({ bundles, counts }: Bench): Promise<Section> => {
  const bare: Start = { what: "bare node", command: node, args: ["-e", "0"] };
  const ours = lambdaNames.flatMap((name): Start[] => {
    const of = (kind: string, file = ""): Start[] => [
      { what: `${name}${kind}: ready`, command: node, args: ["-e", "require(process.argv[1])", file] },
      {
        what: `${name}${kind}: first answer`,
        command: node,
        args: ["-e", callIt, file],
        payload: payloads[name] ?? "",
      },
    ];
    return [
      ...of("", bundles.deployed[name]),
      ...of(", bundled by esbuild's defaults", bundles.plain[name]),
      ...of(" on the SDK's client", bundles.onClient[name]),
    ];
  });
  const starts = [bare, ...ours, ...pythons()];
  const times = new Map<Start, number[]>(starts.map((start) => [start, []]));
  for (let run = 0; run < counts.starts; run += 1) {
    // One after the other in each run, so that whatever else the machine does meets all of them.
    for (const start of starts) times.get(start)?.push(await timeOf(start, `cold_${run}`));
  }
  const floors = times.get(bare) ?? [];
  const rows = [...times].map(([{ what }, values]): Row => {
    const figure = textOf(spreadOf(values), "ms");
    return what === bare.what ? { what, figure } : { what, figure, ratio: ratioTo(values, floors), floor: bare.what };
  });
  const notHere = pythons().length === 0 ? [{ what: "the same on boto3", figure: "python3 or boto3 is not here" }] : [];
  return {
    title: `Cold start, to the end of the process, ${counts.starts} interleaved runs`,
    rows: [...rows, ...notHere],
  };
};

const pythons = (): Start[] => {
  if (spawnSync("python3", ["-c", "import boto3"]).status !== 0) return [];
  const file = join(import.meta.dirname, "../python-handler.py");
  const first = ["resolve-customer", "write-payment"].map((name): Start => {
    const payload = payloads[name] ?? "";
    return { what: `${name}, in Python on boto3: first answer`, command: "python3", args: [file, name], payload };
  });
  return [
    { what: "bare python3", command: "python3", args: ["-c", "0"] },
    { what: "in Python on boto3: ready", command: "python3", args: [file] },
    ...first,
  ];
};

const timeOf = async ({ what, command, args, payload = "" }: Start, name: string): Promise<number> => {
  const { AWS_REGION } = process.env;
  const own = payload.replaceAll(tag, `${name}_${what.replaceAll(/\W/g, "_")}`);
  // Lambda sets both names of the region; boto3 reads the other one.
  const env = { ...process.env, AWS_DEFAULT_REGION: AWS_REGION, PAYLOAD: own };
  const since = performance.now();
  const child = spawn(command, args, { stdio: "ignore", env });
  const code = await new Promise((done) => child.once("exit", done));
  const milliseconds = performance.now() - since;
  if (code !== 0) throw new Error(`${what}: the process ended with ${code}`);
  return milliseconds;
};
