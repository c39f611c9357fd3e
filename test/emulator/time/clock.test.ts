import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { installTimers, VirtualClock } from "../../../emulator/time/clock.ts";

const test = suite("clock");

test.before(installTimers);

const hour = 3_600_000;

// A few turns of the event loop, in which a virtual clock would jump if it could.
const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((done) => setImmediate(done));
};

test("starts at the time it is given, and stands still by itself", async () => {
  const clock = new VirtualClock(1000);
  await turns();
  assert.is(clock.now(), 1000);
});

test("wakes sleepers in the order of their times, each at its own", async () => {
  const clock = new VirtualClock(0);
  const woken: [string, number][] = [];
  const sleeper = async (name: string, milliseconds: number) => {
    await clock.sleep(milliseconds);
    woken.push([name, clock.now()]);
  };
  await Promise.all([sleeper("c", 3 * hour), sleeper("a", 5), sleeper("b", hour), sleeper("now", 0)]);
  assert.equal(woken, [
    ["now", 0],
    ["a", 5],
    ["b", hour],
    ["c", 3 * hour],
  ]);
});

test("wakes those of the same time in the order in which they lay down", async () => {
  const clock = new VirtualClock(0);
  const woken: string[] = [];
  const sleeper = async (name: string) => {
    await clock.sleep(7);
    woken.push(name);
  };
  await Promise.all(["a", "b", "c"].map(sleeper));
  assert.equal(woken, ["a", "b", "c"]);
});

test("lets what follows from a timer happen before the next, though that was set earlier", async () => {
  const clock = new VirtualClock(0);
  const woken: string[] = [];
  const early = async () => {
    await clock.sleep(10);
    woken.push("early");
    for (let step = 0; step < 20; step += 1) await Promise.resolve();
    await clock.sleep(5);
    woken.push("early again");
  };
  const late = async () => {
    await clock.sleep(20);
    woken.push("late");
  };
  await Promise.all([late(), early()]);
  assert.equal(woken, ["early", "early again", "late"]);
  assert.is(clock.now(), 20);
});

test("takes a time before now for now", async () => {
  const clock = new VirtualClock(1000);
  await clock.sleep(-500);
  assert.is(clock.now(), 1000);
});

test("does not call what was taken back, nor pass the time until then", async () => {
  const clock = new VirtualClock(0);
  let isCalled = false;
  const timer = clock.set(() => {
    isCalled = true;
  }, 10);
  clock.clear(timer);
  await turns();
  assert.equal([isCalled, clock.now()], [false, 0]);
});

test("stands still while there is work to do, and goes on after it", async () => {
  const clock = new VirtualClock(0);
  const sleeping = clock.sleep(hour);
  const first = Promise.withResolvers<string>();
  const second = Promise.withResolvers<string>();
  const working = [clock.holdWhile(first.promise), clock.holdWhile(second.promise)];
  await turns();
  assert.is(clock.now(), 0);
  first.resolve("one");
  await turns();
  assert.is(clock.now(), 0);
  second.resolve("two");
  assert.equal(await Promise.all(working), ["one", "two"]);
  await sleeping;
  assert.is(clock.now(), hour);
});

test("goes on after work that failed, and hands on its error", async () => {
  const clock = new VirtualClock(0);
  const sleeping = clock.sleep(hour);
  const error = new Error("no");
  assert.is(await clock.holdWhile(Promise.reject(error)).catch((reason: unknown) => reason), error);
  await sleeping;
  assert.is(clock.now(), hour);
});

test("leaves the global timers alone until it is asked to replace them", () => {
  const file = join(import.meta.dirname, "../../../emulator/time/clock.ts");
  const script = `const before = setTimeout;
    const { installTimers } = await import(${JSON.stringify(file)});
    const imported = setTimeout;
    installTimers();
    console.log(imported === before, setTimeout === before)`;
  const printed = execFileSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" });
  assert.is(printed.trim(), "true false");
});

test("makes the global timers virtual within it", async () => {
  const clock = new VirtualClock(0);
  const heard = await clock.runWith(async () => {
    const first = await new Promise((done) => setTimeout(done, hour, "an argument"));
    await new Promise<void>((done) => setTimeout(done));
    return first;
  });
  assert.equal([heard, clock.now()], ["an argument", hour]);
});

test("takes back a global timer within it", async () => {
  const clock = new VirtualClock(0);
  let isCalled = false;
  clock.runWith(() => {
    const timer = setTimeout(() => {
      isCalled = true;
    }, 10);
    clearTimeout(timer);
  });
  await turns();
  assert.equal([isCalled, clock.now()], [false, 0]);
});

test("keeps a timer's callback within it, though the clock turned for a timer outside", async () => {
  const clock = new VirtualClock(0);
  // The clock turns for this sleeper, which is outside.
  const outside = clock.sleep(1);
  const nested = clock.runWith(() => new Promise<void>((done) => setTimeout(() => void setTimeout(done, hour), hour)));
  await Promise.all([outside, nested]);
  assert.is(clock.now(), 2 * hour);
});

test("leaves the global timers real outside of it", async () => {
  const clock = new VirtualClock(0);
  let isCalled = false;
  const timer = setTimeout(() => {
    isCalled = true;
  }, 0);
  assert.ok("hasRef" in timer);
  clearTimeout(timer);
  await new Promise((done) => setTimeout(done, 0));
  assert.equal([isCalled, clock.now()], [false, 0]);
});

test("takes back no timer at all, as Node does", () => {
  // Libraries do clear what they have not set; the types of Node know only undefined.
  for (const nothing of [undefined, null as unknown as undefined]) clearTimeout(nothing);
});

test("goes on while work that holds it sleeps as a part of it", async () => {
  const clock = new VirtualClock(0);
  const times = await clock.holdWhile(
    (async () => {
      await clock.sleepHeld(hour);
      const after = clock.now();
      // A timer that is due while the work goes on waits for it.
      void clock.sleep(5);
      await new Promise((done) => setImmediate(() => setImmediate(done)));
      return [after, clock.now()];
    })(),
  );
  assert.equal(times, [hour, hour]);
});

test("keeps two clocks apart", async () => {
  const [one, two] = [new VirtualClock(0), new VirtualClock(0)];
  const sleep = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds));
  await Promise.all([one.runWith(() => sleep(hour)), two.runWith(() => sleep(5))]);
  assert.equal([one.now(), two.now()], [hour, 5]);
});

test.run();
