/** Something to call at a time, in milliseconds since 1970. */
export interface Timer {
  at: number;
  /** Whether virtual time does not pass for it alone. */
  isBackground: boolean;
  fire: () => void;
}

/** Timers in the order of their times; of the same time, the one that was set first comes first. */
export class Timers {
  // Most are set for later than all others, so that a search from the end finds their place at once.
  readonly #all: Timer[] = [];

  first(): Timer | undefined {
    return this.#all[0];
  }

  add(timer: Timer): void {
    const before = this.#all.findLastIndex(({ at }) => at <= timer.at);
    this.#all.splice(before + 1, 0, timer);
  }

  /** Takes a timer back; returns whether it was still waiting. */
  delete(timer: Timer): boolean {
    const index = this.#all.indexOf(timer);
    if (index !== -1) this.#all.splice(index, 1);
    return index !== -1;
  }

  /** Those that are due at a time, or the first of them. */
  dueAt(time: number, most: number): Timer[] {
    const due: Timer[] = [];
    for (const timer of this.#all) {
      if (timer.at > time || due.length === most) break;
      due.push(timer);
    }
    return due;
  }
}
