import { AsyncLocalStorage } from "node:async_hooks";
import { setTimeout as delay } from "node:timers/promises";
import type { Envelope } from "../../emulator/eventbridge/envelope.ts";
import { makeKeyedQueue } from "../../emulator/time/keyed-queue.ts";
import { counted } from "../../ops/terminal/counted.ts";

/** A service that the runner posts the published events to. */
export interface Listener {
  /** Posts an event in the background, once; what fails is the service's own loss. */
  post(event: Envelope): void;
  /** Waits for what is under way, some seconds at most, and says how many events the service has not taken. */
  end(): Promise<void>;
}

const concurrency = 16;
// That of EventBridge's API destinations.
const timeoutMilliseconds = 5000;
const noAnswer = `no answer within ${timeoutMilliseconds / 1000} s`;

/** Posts events to a URL, each as EventBridge gives it to a target; says so the first time that it is not taken. */
export const postTo = (url: string, warn: (line: string) => void): Listener => {
  const queue = makeKeyedQueue(concurrency);
  const pending = new Set<Promise<void>>();
  const ending = new AbortController();
  let failed = 0;

  const post = async (event: Envelope): Promise<void> => {
    const problem = ending.signal.aborted ? noAnswer : await problemOf(url, event, ending.signal);
    if (problem === null) return;
    failed += 1;
    if (failed === 1) warn(`${url} (--listen) has not taken an event, which is not posted again: ${problem}`);
  };

  return {
    // In the async context of the listener, as the client's timers are none of the emulator's.
    post: AsyncLocalStorage.bind((event: Envelope) => {
      const posted = queue(`${Object(event).id}`, () => post(event));
      pending.add(posted);
      void posted.finally(() => pending.delete(posted));
    }),
    end: async () => {
      await Promise.race([Promise.all(pending), delay(timeoutMilliseconds, undefined, { ref: false })]);
      ending.abort();
      await Promise.all(pending);
      if (failed > 0) warn(`${url} (--listen) has not taken ${counted(failed, "event")}`);
    },
  };
};

// What kept a service from taking an event; null where it has taken it.
const problemOf = async (url: string, event: Envelope, ending: AbortSignal): Promise<string | null> => {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(event),
      signal: AbortSignal.any([ending, AbortSignal.timeout(timeoutMilliseconds)]),
    });
    await response.body?.cancel();
    return response.ok ? null : `it answered with ${response.status}`;
  } catch (error) {
    const { name, code, message } = Object(Object(error).cause ?? error);
    return name === "AbortError" || name === "TimeoutError" ? noAnswer : `${code ?? message}`;
  }
};
