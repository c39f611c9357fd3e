import { subscribe } from "node:diagnostics_channel";
import { ClientRequest } from "node:http";

/** What a thread does with its waits: it asks for each, by an id, and is told when it is over. */
export interface SkippedWaits {
  over(id: number): void;
}

/**
 * Has this thread's `setTimeout` ask for each wait that nothing else goes on beside, such as the backoff before a retry.
 *
 * A timer beside an HTTP request is a timeout, and stays one of real time.
 */
export const skipWaits = (ask: (id: number, milliseconds: number) => void): SkippedWaits => {
  const { setTimeout: setReal, clearTimeout: clearReal } = globalThis;
  const timers = new Map<NodeJS.Timeout, () => void>();
  const waits = new Map<number, NodeJS.Timeout>();
  let requests = 0;
  let last = 0;
  subscribe("http.client.request.created", (message) => {
    const { request } = Object(message);
    if (!(request instanceof ClientRequest)) return;
    requests += 1;
    request.once("close", () => (requests -= 1));
  });

  const set = (fire: (...args: unknown[]) => void, milliseconds = 0, ...args: unknown[]): NodeJS.Timeout => {
    const run = (): void => {
      timers.delete(timer);
      fire(...args);
    };
    const timer = setReal(run, milliseconds);
    timers.set(timer, run);
    // By then the request of a timeout has begun.
    setImmediate(() => {
      if (requests > 0 || !timers.has(timer)) return;
      clearReal(timer);
      last += 1;
      waits.set(last, timer);
      ask(last, milliseconds);
    });
    return timer;
  };
  const clear = (timer: NodeJS.Timeout): void => {
    timers.delete(timer);
    clearReal(timer);
  };
  Object.assign(globalThis, { setTimeout: Object.assign(set, setReal), clearTimeout: clear });

  return {
    over: (id) => {
      const timer = waits.get(id);
      waits.delete(id);
      if (timer) timers.get(timer)?.();
    },
  };
};
