import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { readEvents } from "../../local/read-events.ts";
import { sampleEvent } from "../../samples/stripe-objects.ts";
import { onTheBus } from "../events/envelope.ts";
import { thrown } from "../helpers/rejects.ts";

const test = suite("intake");

let directory: string;
test.before.each(() => {
  directory = mkdtempSync(join(tmpdir(), "intake-"));
});
test.after.each(() => rmSync(directory, { recursive: true }));

const arrival = {
  eventSource: "homebiyori.stripe.test",
  keepSource: false,
  account: "123456789012",
  region: "ap-northeast-1",
};

const event = (id: string) => sampleEvent(id, "invoice.payment_succeeded", 1, { id: "in_1", object: "invoice" });

const write = (name: string, content: unknown): string => {
  const path = join(directory, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
};

const read = (...paths: string[]) => {
  const all = [...readEvents(paths, arrival)];
  const [events, problems] = [all.flatMap((some) => some.events), all.flatMap((some) => some.problems)];
  return { ids: events.map(({ detail }) => detail.id), problems, events };
};

test("reads a file with one event", () => {
  const { events, problems } = read(write("one.json", event("evt_1")));
  assert.equal(problems, []);
  assert.is(events.length, 1);
  assert.equal(events[0]?.detail, event("evt_1"));
  assert.is(events[0]?.source, "homebiyori.stripe.test");
});

test("reads a file with an envelope", () => {
  const { events } = read(write("one.json", { ...onTheBus(event("evt_1")), region: "eu-west-1" }));
  assert.equal(events, [{ ...onTheBus(event("evt_1")), region: "eu-west-1" } as unknown]);
});

test("reads a list, bare or under events, in its order", () => {
  const list = [event("evt_2"), onTheBus(event("evt_1")), event("evt_3")];
  for (const content of [list, { events: list }, { source: "somewhere", events: list }]) {
    const { ids, problems } = read(write("list.json", content));
    assert.equal(ids, ["evt_2", "evt_1", "evt_3"]);
    assert.equal(problems, []);
  }
});

test("reads an empty list as no events", () => {
  const { ids, problems } = read(write("list.json", []), write("events.json", { events: [] }));
  assert.equal([ids, problems], [[], []]);
});

test("reads all JSON files of a directory, at any depth, sorted by path", () => {
  write("c.json", event("evt_c"));
  write("b/2.json", [event("evt_b2"), event("evt_b2_more")]);
  write("b/10.json", event("evt_b10"));
  write("a/deep/er/1.json", event("evt_a"));
  write("a/notes.txt", "no event");
  write("a/json", "no event");
  const { ids, problems } = read(directory);
  assert.equal(ids, ["evt_a", "evt_b10", "evt_b2", "evt_b2_more", "evt_c"]);
  assert.equal(problems, []);
});

test("reads paths in the order in which they are given, also a file that is named otherwise", () => {
  const { ids } = read(write("z.txt", event("evt_z")), write("a.json", event("evt_a")));
  assert.equal(ids, ["evt_z", "evt_a"]);
});

test("reports a file that is not JSON, and reads the others", () => {
  const broken = write("1-broken.json", '{"id": "evt_1",');
  const empty = write("2-empty.json", "");
  write("3-good.json", event("evt_3"));
  const { ids, problems } = read(directory);
  assert.equal(ids, ["evt_3"]);
  assert.is(problems.length, 2);
  assert.match(`${problems[0]}`, `${broken}: `);
  assert.match(`${problems[0]}`, "JSON");
  assert.match(`${problems[1]}`, `${empty}: Unexpected end of JSON input`);
});

test("reports a path that does not exist, and reads the others", () => {
  const missing = join(directory, "missing.json");
  const { ids, problems } = read(missing, write("good.json", event("evt_1")));
  assert.equal(ids, ["evt_1"]);
  assert.equal(problems.length, 1);
  assert.match(`${problems[0]}`, `there is no file ${missing}`);
});

test("reports a directory without a JSON file", () => {
  write("notes.txt", "no event");
  const { ids, problems } = read(directory);
  assert.equal([ids, problems], [[], [`${directory}: the directory has no *.json file`]]);
});

test("reports a directory that is named as a file would be", () => {
  mkdirSync(join(directory, "trap.json"));
  const { ids, problems } = read(directory);
  assert.equal(ids, []);
  assert.match(`${problems}`, "trap.json: EISDIR");
});

test("reports a file that holds no event, by its name", () => {
  for (const content of [null, "evt_1", 1, {}, { events: "none" }]) {
    const file = write("none.json", JSON.stringify(content));
    const { ids, problems } = read(file);
    assert.equal(ids, []);
    assert.match(`${problems}`, `${file}: expected a Stripe event`);
  }
});

test("names what is no event within a list by its index, and reads the others", () => {
  const list = [event("evt_0"), { id: "evt_1" }, event("evt_2"), null, [event("evt_4")]];
  for (const content of [list, { events: list }]) {
    const file = write("list.json", content);
    const { ids, problems } = read(file);
    assert.equal(ids, ["evt_0", "evt_2"]);
    assert.equal(problems, [
      `${file}[1]: expected a Stripe event with an id and a type, got an object with id`,
      `${file}[3]: expected a Stripe event, got null`,
      `${file}[4]: expected a Stripe event, got a list`,
    ]);
  }
});

test("reads a thousand or so events at a time, each file as a whole", () => {
  const list = Array.from({ length: 600 }, (_, index) => event(`evt_${index}`));
  const files = ["one.json", "two.json", "three.json"].map((name) => write(name, list));
  assert.equal(
    [...readEvents(files, arrival)].map(({ events }) => events.length),
    [1200, 600],
  );
});

test("throws what is a mistake of its own", () => {
  const file = write("one.json", event("evt_1"));
  const broken = Object.defineProperty({ ...arrival }, "eventSource", {
    get: () => {
      throw new RangeError("a mistake");
    },
  });
  assert.is(thrown(() => [...readEvents([file], broken)]).message, "a mistake");
});

test.run();
