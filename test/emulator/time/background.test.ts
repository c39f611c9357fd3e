import { suite } from "uvu";
import * as assert from "uvu/assert";
import { installTimers, VirtualClock } from "../../../emulator/time/clock.ts";

const test = suite("sleeps in the background");

test.before(installTimers);

const hour = 3_600_000;

// A few turns of the event loop, in which a virtual clock would jump if it could.
const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((done) => setImmediate(done));
};

// A clock from 0, and what has woken so far, with its times.
const sleepers = () => {
  const clock = new VirtualClock(0);
  const woken: [string, number][] = [];
  const sleeper = async (name: string, milliseconds: number): Promise<void> => {
    await clock.sleep(milliseconds);
    woken.push([name, clock.now()]);
  };
  const inBackground = (name: string, milliseconds: number) => clock.runInBackground(() => sleeper(name, milliseconds));
  return { clock, woken, sleeper, inBackground };
};

test("make no time pass, and are over when time gets there by another sleep", async () => {
  const { clock, woken, sleeper, inBackground } = sleepers();
  const [early, late] = [inBackground("early", hour), inBackground("late", 3 * hour)];
  await turns();
  assert.is(clock.now(), 0);
  await sleeper("foreground", 2 * hour);
  assert.equal(woken, [
    ["early", hour],
    ["foreground", 2 * hour],
  ]);
  await clock.passWhile(Promise.all([early, late]));
  assert.equal(woken.at(-1), ["late", 3 * hour]);
});

test("are over in their order while time is let pass for them, also those that follow", async () => {
  const { clock, woken, inBackground } = sleepers();
  const nested = clock.runInBackground(async () => {
    await clock.sleep(2);
    // What follows in the background is of the background too, as are its global timers.
    await clock.runWith(() => new Promise<void>((done) => setTimeout(done, 10)));
    woken.push(["nested", clock.now()]);
  });
  await turns();
  assert.equal(woken, []);
  await clock.passWhile(Promise.all([inBackground("c", 20), inBackground("a", 5), nested]));
  assert.equal(woken, [
    ["a", 5],
    ["nested", 12],
    ["c", 20],
  ]);
});

test("of no length are over at once", async () => {
  const { woken, inBackground } = sleepers();
  await inBackground("now", 0);
  assert.equal(woken, [["now", 0]]);
});

test("wait for work that holds time still, though time is let pass", async () => {
  const { clock, woken, inBackground } = sleepers();
  const work = Promise.withResolvers<void>();
  const working = clock.holdWhile(work.promise);
  const passing = clock.passWhile(inBackground("one", hour));
  await turns();
  assert.equal(woken, []);
  work.resolve();
  await Promise.all([working, passing]);
  assert.equal(woken, [["one", hour]]);
});

test("let time pass where they are a part of work that holds it", async () => {
  const { clock } = sleepers();
  await clock.runInBackground(() => clock.holdWhile(clock.sleepHeld(hour)));
  assert.is(clock.now(), hour);
});

test("do not come back once they are taken back", async () => {
  const { clock } = sleepers();
  let isCalled = false;
  const timer = clock.runInBackground(() =>
    clock.set(() => {
      isCalled = true;
    }, 10),
  );
  clock.clear(timer);
  await clock.sleep(20);
  assert.not(isCalled);
});

test("go on in real time once the clock has gone over to it, and are skipped only where time is let pass", async () => {
  const { clock, woken, inBackground, sleeper } = sleepers();
  await clock.sleep(Date.now() + hour);
  const soon = inBackground("soon", 20);
  const late = inBackground("late", hour);
  clock.switchToRealTime();
  assert.ok(clock.ahead() >= hour - 1000);
  await Promise.all([soon, sleeper("foreground", 40)]);
  assert.equal(
    woken.map(([name]) => name),
    ["soon", "foreground"],
  );
  const before = clock.now();
  await clock.passWhile(late);
  assert.ok(clock.now() >= before + hour - 1000);
  assert.is(woken.at(-1)?.[0], "late");
});

test.run();
