import type { Figures } from "./figures.ts";
import { hops } from "./hops.ts";
import type { Wave } from "./load.ts";
import type { Quotas } from "./quotas.ts";
import type { Counted } from "./tally.ts";
import type { Way } from "./ways.ts";
import { type Coming, makeWorld, type Moving, type World } from "./world.ts";

/** What is to be simulated. */
export interface SimulationArgs {
  ways: Way[];
  waves: Wave[];
  quotas: Quotas;
  figures: Figures;
  seed: number;
  /** When to stop, in milliseconds; else when all is done. */
  until?: number;
}

/** Takes events through the graph's ways under AWS's quotas, one by one, and counts what becomes of them. */
export const simulate = ({ ways, waves, quotas, figures, seed, until = Infinity }: SimulationArgs): Counted => {
  const world = makeWorld(quotas, figures, seed);
  const wayOf = new Map(ways.map((way) => [way.eventType, way]));
  for (const wave of waves) world.agenda.add(1000 * wave.from, { wave, second: 0 });
  const end = world.agenda.run((thing, now) => {
    if ("wave" in thing) come(world, wayOf, thing, now);
    else hops[thing.at](world, thing, now);
  }, until);
  world.tally.stop(end, world.agenda.left().filter((thing) => !("wave" in thing)).length);
  return world.tally.read();
};

// The events of a second of a wave: each thing at some moment of it, its events within two seconds of that.
const come = (world: World, wayOf: Map<string, Way>, { wave, second }: Coming, now: number): void => {
  const { agenda, random, tally } = world;
  for (let left = wave.perSecond[second] ?? 0; left > 0; left -= 1) {
    const moment = now + 1000 * random();
    const types = wave.types(random);
    for (const eventType of types) {
      const way = wayOf.get(eventType);
      if (!way) throw new Error(`No rule takes ${eventType}`);
      const bornAt = Math.ceil(types.length > 1 ? moment + 2000 * random() : moment);
      tally.came(bornAt);
      agenda.add(bornAt, eventAt(way, bornAt));
    }
  }
  if (second + 1 < wave.perSecond.length) agenda.add(now + 1000, { wave, second: second + 1 });
};

const eventAt = (way: Way, bornAt: number): Moving => ({
  way,
  bornAt,
  at: "rule",
  rulesPassed: 0,
  step: 0,
  call: 0,
  tries: 0,
  callTries: 0,
});
