import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Archive, makeArchives } from "../../../emulator/eventbridge/archives.ts";
import { VirtualClock } from "../../../emulator/time/clock.ts";
import type { Graph } from "../../../emulator/graph/graph.ts";
import { graphOf } from "../../helpers/stack.ts";

const test = suite("an archive");

const eventArchive = "aws:cloudwatch/eventArchive:EventArchive";
const day = 24 * 3600 * 1000;

// That of Stripe's events: what this program publishes has one of its own.
const archiveOf = (graph: Graph, clock: VirtualClock): Archive => {
  const archive = makeArchives(graph, clock).find(({ busArn }) => busArn === Object(graph.outputs["bus"]).arn);
  if (!archive) throw new Error("The graph has no archive of Stripe's events");
  return archive;
};

const make = async () => {
  const clock = new VirtualClock(0);
  return { clock, archive: archiveOf(await graphOf("dev"), clock) };
};

const idsIn = (archive: Archive): string[] => archive.events().map(({ json }) => JSON.parse(json).id);

test("is the graph's own, with its bus and its retention", async () => {
  const { archive } = await make();
  const { outputs } = await graphOf("dev");
  const { name, arn, busArn, retentionDays } = archive;
  assert.equal([{ name, arn }, busArn], [outputs["archive"], Object(outputs["bus"]).arn]);
  assert.is(retentionDays, 30);
});

test("keeps an event for its retention from when it arrived, whatever its own time", async () => {
  const { clock, archive } = await make();
  archive.keep({ id: "old", time: "1970-01-01T00:00:00Z" });
  await clock.sleep(day);
  archive.keep({ id: "new", time: "1970-01-01T00:00:00Z" });
  await clock.sleep(29 * day - 1);
  assert.equal(idsIn(archive), ["old", "new"]);
  await clock.sleep(1);
  assert.equal(idsIn(archive), ["new"]);
  archive.keep({ id: "newest", time: "1970-01-01T00:00:00Z" });
  await clock.sleep(day);
  assert.equal(idsIn(archive), ["newest"]);
});

test("keeps the newest 64 MiB", async () => {
  const { archive } = await make();
  const megabyte = "x".repeat(1024 * 1024);
  for (let id = 1; id <= 65; id += 1) archive.keep({ id, megabyte });
  const kept = archive.events();
  assert.equal([kept.length, JSON.parse(`${kept[0]?.json}`).id], [63, 3]);
});

test("takes an event whose time cannot be read for one of when it came", async () => {
  const { clock, archive } = await make();
  await clock.sleep(5000);
  for (const time of ["1970-01-01T00:00:01Z", "yesterday", undefined]) archive.keep({ time });
  assert.equal(
    archive.events().map(({ time }) => time),
    [1000, 5000, 5000],
  );
});

test("that would keep less than everything is refused", async () => {
  const graph = await graphOf("dev");
  const withPattern = graph.resources.map((resource) =>
    resource.type === eventArchive ? { ...resource, inputs: { ...resource.inputs, eventPattern: "{}" } } : resource,
  );
  assert.throws(() => archiveOf({ ...graph, resources: withPattern }, new VirtualClock()), /archive .*eventPattern/s);
});

test.run();
