/** Random numbers that are the same for the same seed (mulberry32). */
export const randomFrom = (seed: number) => {
  let state = seed;
  return (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
};

/** Puts a list into a random order. */
export const shuffled = <T>(list: readonly T[], random: () => number): T[] =>
  list
    .map((value) => ({ value, at: random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ value }) => value);

/** Adds a copy of some of a list's values, somewhere behind them. */
export const withDuplicates = <T>(list: readonly T[], share: number, random: () => number): T[] => {
  const all = [...list];
  for (const value of list) {
    if (random() < share) all.splice(all.indexOf(value) + 1 + Math.floor(random() * all.length), 0, value);
  }
  return all;
};

/** Adds to some events of a list a second Event object of the same change: the same event under an id of its own. */
export const withDoubles = <T extends { id?: unknown }>(
  events: readonly T[],
  share: number,
  random: () => number,
): T[] => events.flatMap((event) => (random() < share ? [event, { ...event, id: `${event.id}_double` }] : [event]));

/** All orders of a list. */
export const permutationsOf = <T>(list: readonly T[]): T[][] =>
  list.length === 0
    ? [[]]
    : list.flatMap((first, index) => permutationsOf(list.toSpliced(index, 1)).map((rest) => [first, ...rest]));
