import { spawn } from "node:child_process";
import type { Bench } from "../bench-plan.ts";
import { lambdaNames, payloads, tag } from "../lambda/lambda-payloads.ts";
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
    return [...of("", bundles.deployed[name]), ...of(", bundled by esbuild's defaults", bundles.plain[name])];
  });
  const starts = [bare, ...ours];
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
  return { title: `Cold start, to the end of the process, ${counts.starts} interleaved runs`, rows };
};

const timeOf = async ({ what, command, args, payload = "" }: Start, name: string): Promise<number> => {
  const own = payload.replaceAll(tag, `${name}_${what.replaceAll(/\W/g, "_")}`);
  const env = { ...process.env, PAYLOAD: own };
  const since = performance.now();
  const child = spawn(command, args, { stdio: "ignore", env });
  const code = await new Promise((done) => child.once("exit", done));
  const milliseconds = performance.now() - since;
  if (code !== 0) throw new Error(`${what}: the process ended with ${code}`);
  return milliseconds;
};
