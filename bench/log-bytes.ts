import { loadGraph } from "../local/graph.ts";
import { VirtualClock } from "../local/clock.ts";
import { toEnvelope } from "../local/event.ts";
import { life } from "../local/life.ts";
import { startRunner } from "../local/runner.ts";
import { stackConfig } from "../local/stack-config.ts";

// How many bytes the logs have for an event of the built-in life, by what is configured; docs/tracing.md has the table.

const settings = [
  { stateMachineLogLevel: "ALL", logExecutionData: true },
  { stateMachineLogLevel: "ALL", logExecutionData: false },
  { stateMachineLogLevel: "ERROR", logExecutionData: false },
];

const measure = async (own: Record<string, unknown>) => {
  const { config, ...rest } = stackConfig("dev");
  const named = Object.entries(own).map(([key, value]) => [`${rest.project}:${key}`, `${value}`]);
  const graph = await loadGraph({ ...rest, config: { ...config, ...Object.fromEntries(named) } });
  const runner = await startRunner({ graph, clock: new VirtualClock() });
  const { account, region, outputs } = graph;
  const arrival = { eventSource: `${outputs["eventSource"]}`, keepSource: false, account, region };
  const events = life().flatMap((stage) => stage.events.map((event) => toEnvelope(event, arrival)));
  await runner.makeUpUsers(events);
  for (const event of events) await runner.take(event);
  await runner.stop();

  const groups = Object.values<string>(Object(outputs["logGroups"]));
  const bytesIn = (prefix: string): number => {
    const lines = groups.filter((name) => name.startsWith(prefix)).flatMap((name) => runner.logs.eventsOf(name) ?? []);
    const bytes = lines.reduce((sum, { message }) => sum + Buffer.byteLength(message), 0);
    return Math.round(bytes / events.length);
  };
  const [lambdas, machines] = [bytesIn("/aws/lambda/"), bytesIn("/aws/vendedlogs/")];
  const event = Math.round(Buffer.byteLength(JSON.stringify(events)) / events.length);
  return { ...own, event, lambdas, machines, gigabytesPerMillion: (lambdas + machines) / 1000 };
};

for (const own of settings) console.log(JSON.stringify(await measure(own)));
