/** What is to be done, and when. */
export interface Agenda<T> {
  /** Puts a thing down for a time, in whole milliseconds; one that has passed means now. */
  add(at: number, thing: T): void;
  /** Does all in the order of time, and of entry within a millisecond, up to a time; returns when the last was done. */
  run(handle: (thing: T, now: number) => void, until?: number): number;
  /** What is still to be done. */
  left(): T[];
}

/** An empty agenda, at time 0. */
export const makeAgenda = <T>(): Agenda<T> => {
  const slots = new Map<number, T[]>();
  let now = 0;
  let last = 0;
  return {
    add: (at, thing) => {
      const time = Math.max(now, Math.ceil(at));
      const slot = slots.get(time);
      if (slot) slot.push(thing);
      else slots.set(time, [thing]);
    },
    run: (handle, until = Infinity) => {
      for (; slots.size > 0 && now <= until; now += 1) {
        const slot = slots.get(now);
        if (!slot) continue;
        last = now;
        // It grows while it is worked through, by what is to be done at once.
        for (let index = 0; index < slot.length; index += 1) handle(slot[index] as T, now);
        slots.delete(now);
      }
      return last;
    },
    left: () => [...slots.values()].flat(),
  };
};
